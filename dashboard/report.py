"""The overview as one HTML file without scripts, for mail and archives: `make report`.

A run writes it, too, where FOOTFALL_REPORT names a file.
"""

import contextlib
import html
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dashboard import figures, queries
from dashboard.drawing import line_chart
from dashboard.figures import Card
from dashboard.filters import Filters, dates_of
from dashboard.measures import BOUNCE_RATE, CONVERSION_RATE, ENGAGEMENT_RATE, text
from dashboard.published import NothingPublishedError, Published, Query, Row, published_path
from dashboard.tables import Column, count, html_table, ratio, words

DAYS = "Last 28 days"
DEFAULT_PATH = "published/report.html"
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2733; background: #fff;
  max-width: 54rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; margin: 0.5rem 0 0; } h2 { font-size: 1.15rem; margin: 2rem 0 0.4rem; }
p { margin: 0.3rem 0; } .note { color: #5b6775; font-size: 0.87rem; }
svg { width: 100%; height: auto; }
.figures { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { text-align: left; padding: 0.3rem 0.6rem; border-bottom: 1px solid #e1e6ec; font-weight: 400;
  overflow-wrap: anywhere; }
thead th { font-weight: 600; border-bottom: 2px solid #c8d0da; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
details { margin: 0.4rem 0; } @media print { details { display: none; } }
"""

CARD_COLUMNS = [
    Column("Figure", lambda card: card["card"].label, text, is_number=False),
    Column("These days", lambda card: card["card"].written, text),
    Column("Change", lambda card: card["card"].change, text),
]


class Report:
    """Sections of one snapshot, put together as a page."""

    def __init__(self, published: Published, filters: Filters) -> None:
        self.published, self.filters = published, filters
        self.sections: list[str] = []

    def rows(self, query: Query) -> list[Row]:
        return self.published.read(query).rows

    def section(self, title: str, *contents: str, asked: Sequence[Query]) -> None:
        marts = sorted({mart for query in asked for mart in self.published.marts_of(query)})
        source = f'<p class="note">From {", ".join(marts)}.</p>'
        self.sections.append(f"<section><h2>{title}</h2>{''.join(contents)}{source}</section>")

    def table(self, title: str, query: Query, columns: Sequence[Column], nothing: str) -> None:
        rows = self.rows(query)
        found = html_table(title, columns, rows) if rows else f"<p>{html.escape(nothing)}</p>"
        self.section(title, found, asked=[query])

    def figures(self, before: Filters) -> None:
        cards: list[Card]
        cards, asked = figures.overview(self.published.read, self.filters, before)
        rows = [{"card": card} for card in cards]
        self.section("Figures", html_table("Figures", CARD_COLUMNS, rows), asked=asked)

    def curve(self) -> None:
        sessions, users = (
            queries.sessions_over_time(self.filters),
            queries.users_over_time(self.filters),
        )
        rows = [
            day | people for day, people in zip(self.rows(sessions), self.rows(users), strict=True)
        ]
        columns = [
            words("Date", "period_start"),
            count("Sessions", "sessions"),
            count("Users", "users"),
            count("New users", "new_users"),
            count("Returning users", "returning_users"),
        ]
        notes = queries.annotations(self.filters)
        chart = line_chart(
            "Sessions and users by day",
            rows,
            "period_start",
            {"sessions": "Sessions", "users": "Users", "new_users": "New users"},
            self.rows(notes),
        )
        table = html_table("Sessions and users by day", columns, rows)
        self.section(
            "Sessions and users by day",
            chart,
            said([f"{text(row['note_date'])}: {row['annotations']}" for row in self.rows(notes)]),
            f"<details><summary>The figures of the days</summary>{table}</details>",
            asked=[sessions, users, notes],
        )

    def alerts(self) -> None:
        query = queries.alerts(self.filters)
        sentences = [figures.alert_in_words(row) for row in self.rows(query)[:10]]
        nothing = "<p>Nothing stands out within these dates.</p>"
        self.section("Alerts", said(sentences) or nothing, asked=[query])

    def page(self, before: Filters) -> str:
        snapshot = self.published.snapshot
        title = f"Footfall, {text(self.filters.first)} to {text(self.filters.last)}"
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{STYLE}</style></head><body><main><h1>{title}</h1>"
            f"<p>All sites, compared with {text(before.first)} to {text(before.last)}.</p>"
            f"{''.join(self.sections)}</main><footer>"
            f'<p class="note">Of the snapshot {snapshot["snapshot_id"]}, built'
            f" {text(snapshot['built_at'])} UTC from hits up to"
            f" {text(snapshot['last_hit_at'])} UTC.</p></footer></body></html>\n"
        )


def said(sentences: Sequence[str]) -> str:
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""


def report(published: Published) -> str:
    """The overview of all sites, of the last four weeks."""
    snapshot = published.snapshot
    built: date = snapshot["built_at"].date()
    history = published.read(
        queries.history(Filters(built, built), snapshot["last_hit_at"] or snapshot["built_at"])
    ).rows[0]
    last = history["last_date"] or built
    filters = Filters(*dates_of(DAYS, history["first_date"] or last, last))
    before = filters.before()
    made = Report(published, filters)
    made.figures(before)
    made.alerts()
    made.curve()
    made.table(
        "Targets of the month",
        queries.targets(filters),
        figures.TARGET_COLUMNS,
        "No targets are set for this month.",
    )
    made.table(
        "Channels",
        queries.sessions_by(filters, "channel"),
        [
            words("Channel", "value"),
            count("Sessions", "sessions"),
            ratio(ENGAGEMENT_RATE),
            ratio(BOUNCE_RATE),
            ratio(CONVERSION_RATE),
            count("Revenue", "revenue"),
        ],
        "No sessions.",
    )
    made.table(
        "Pages",
        queries.pages(filters, limit=10),
        [
            words("Page", "value"),
            count("Page views", "page_views"),
            count("Entrances", "entrances"),
            count("Exits", "exits"),
        ],
        "No page views.",
    )
    made.table(
        "Left out",
        queries.exclusions(filters),
        [
            words("Excluded as", "excluded_as"),
            count("Sessions", "sessions"),
            count("Hits", "hits"),
        ],
        "No session was left out.",
    )
    return made.page(before)


def write(published: Path, target: Path) -> None:
    """Write the report, such that nobody ever finds half of one."""
    with Published(published) as snapshot:
        content = report(snapshot)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def main() -> int:
    target = Path(os.environ.get("FOOTFALL_REPORT") or DEFAULT_PATH)
    try:
        write(published_path(), target)
    except NothingPublishedError:
        print(f"Nothing is published in {published_path()}: `make run` does so.", file=sys.stderr)
        return 1
    print(f"Written: {target}. Open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
