"""Tables of figures, as HTML that a screen reader can read and as CSV."""

import csv
import html
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.measures import Ratio, number, text

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column of a table: what it is called, what stands there, and how it is written."""

    label: str
    value: Callable[[Row], Any]
    written: Callable[[Any], str]
    is_number: bool = True


def count(label: str, name: str) -> Column:
    return Column(label, lambda row: row[name], number)


def words(label: str, name: str) -> Column:
    return Column(label, lambda row: row[name], text, is_number=False)


def ratio(measure: Ratio) -> Column:
    return Column(measure.label, measure.value, measure.written)


def html_table(caption: str, columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """The first column names its row, also to who hears it."""

    def cell(tag: str, column: Column, content: str, scope: str = "") -> str:
        numeric = ' class="number"' if column.is_number else ""
        return f"<{tag}{numeric}{scope}>{html.escape(content)}</{tag}>"

    head = "".join(cell("th", column, column.label, ' scope="col"') for column in columns)
    body = []
    for row in rows:
        cells = [
            cell(
                "td" if place else "th",
                column,
                column.written(column.value(row)),
                "" if place else ' scope="row"',
            )
            for place, column in enumerate(columns)
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    name = html.escape(caption, quote=True)
    return (
        f'<div class="figures" role="region" aria-label="{name}" tabindex="0"><table>'
        f"<caption>{name}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def csv_text(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """Figures unrounded, for spreadsheets."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(column.label for column in columns)
    writer.writerows([column.value(row) for column in columns] for row in rows)
    return file.getvalue()
