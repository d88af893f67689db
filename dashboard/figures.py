"""The figures of the overview, for the dashboard and the report alike."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard import queries
from dashboard.filters import Filters
from dashboard.measures import (
    AVERAGE_DURATION,
    CONVERSION_RATE,
    ENGAGEMENT_RATE,
    PACE,
    SESSIONS_PER_USER,
    Ratio,
    change_text,
    number,
)
from dashboard.published import Query, Row, Table
from dashboard.tables import Column, count, ratio, words

Read = Callable[[Query], Table]


@dataclass(frozen=True)
class Card:
    """One figure, and what it was before."""

    label: str
    value: float | None
    before: float | None
    written: str

    @property
    def change(self) -> str:
        return change_text(self.value, self.before)


def sums(read: Read, filters: Filters) -> tuple[Row, list[Query]]:
    """Sums over the filters, with users where they can be had; and what was asked."""
    asked = [queries.totals(filters), queries.users(filters), queries.new_users(filters)]
    known = [query for query in asked if query is not None]
    row: Row = {"users": None, "new_users": None}
    for query in known:
        row |= read(query).rows[0]
    if row["sessions"] is None:
        row = {name: 0 if value is None else value for name, value in row.items()} | {
            "users": row["users"] if queries.users(filters) is None else row["users"] or 0
        }
    has_both = row["users"] is not None and row["new_users"] is not None
    row["returning_users"] = row["users"] - row["new_users"] if has_both else None
    return row, known


def overview(
    read: Read, filters: Filters, before: Filters | None
) -> tuple[list[Card], list[Query]]:
    """The cards, and the questions behind them."""
    now, asked = sums(read, filters)
    then = sums(read, before)[0] if before else dict.fromkeys(now)

    def counted(label: str, name: str) -> Card:
        return Card(label, now[name], then[name], number(now[name]))

    def divided(measure: Ratio) -> Card:
        return Card(measure.label, measure.value(now), measure.value(then), measure.text(now))

    return [
        counted("Sessions", "sessions"),
        counted("Users", "users"),
        divided(SESSIONS_PER_USER),
        counted("New users", "new_users"),
        counted("Returning users", "returning_users"),
        divided(ENGAGEMENT_RATE),
        divided(AVERAGE_DURATION),
        counted("Page views", "page_views"),
        divided(CONVERSION_RATE),
        counted("Revenue", "revenue"),
    ], asked


def alert_in_words(alert: Row) -> str:
    """What stands out on which date, and what is known to have happened then."""
    note = f" Note: {alert['annotations']}" if alert["annotations"] else ""
    return f"{alert['alert_date']}: {alert['sentence']}{note}"


TARGET_COLUMNS = [
    words("Figure", "metric"),
    words("Goal", "goal_id"),
    count("Target", "target"),
    count("So far", "actual"),
    ratio(PACE),
    count("Forecast", "forecast"),
    words("On track", "is_on_track"),
    words("As of", "as_of_date"),
]


def with_change(label: str, name: str) -> Column:
    """How a column changed against `name_before`."""
    return Column(
        label,
        lambda row: change_text(row[name], row[f"{name}_before"]),
        str,
    )


def beside_before(rows: list[Row], before: list[Row], by: str, names: tuple[str, ...]) -> list[Row]:
    """Rows with the same figures of the period before, as `…_before`."""
    known = {row[by]: row for row in before}
    return [
        row | {f"{name}_before": known.get(row[by], {}).get(name) for name in names} for row in rows
    ]
