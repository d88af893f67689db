"""Overview: how much, against before and the target, and what stands out."""

import streamlit as st

from dashboard import charts, figures, queries
from dashboard.page import Page, cards, sentences
from dashboard.tables import count, words


def show(page: Page) -> None:
    shown, asked = figures.overview(lambda query: page.read(query), page.filters, page.before)
    cards(shown, "Change against the dates compared with." if page.before else "")
    if queries.users(page.filters) is None:
        st.info(queries.why_no_users(page.filters))
    page.source(*asked)
    alerts = queries.alerts(page.filters)
    sentences(
        "Alerts",
        [figures.alert_in_words(row) for row in page.read(alerts).rows[:10]],
        "Nothing stands out within these dates.",
    )
    page.source(alerts)
    curve(page)
    page.block(
        "Targets of the month",
        queries.targets(page.filters),
        figures.TARGET_COLUMNS,
        nothing="No targets for this month and site: they stand in `seeds/targets.csv`.",
    )


def curve(page: Page) -> None:
    sessions = queries.sessions_over_time(page.filters, page.grain)
    users = queries.users_over_time(page.filters, page.grain)
    rows = over_time(page, page.filters)
    names = {"sessions": "Sessions"}
    columns = [words("From", "period_start"), count("Sessions", "sessions")]
    if users:
        names |= {"users": "Users", "new_users": "New users"}
        columns += [
            count("Users", "users"),
            count("New users", "new_users"),
            count("Returning users", "returning_users"),
        ]
    before = over_time(page, page.before) if page.before else []
    asked = queries.annotations(page.filters)
    # The weeks and months of a curve begin on other dates than those of the notes.
    notes = page.read(asked).rows if page.grain == "day" else []
    page.block(
        f"Sessions and users by {page.grain}",
        sessions,
        columns,
        lambda: charts.lines(rows, "period_start", names, before),
        rows=rows,
        says="Dashed: the dates compared with." if before else "",
        others=[query for query in (users, asked) if query],
    )
    if notes:
        sentences("What happened", [f"{row['note_date']}: {row['annotations']}" for row in notes])


def over_time(page: Page, filters: queries.Filters) -> list[dict]:
    """Sessions by day, week or month, with users where they are counted."""
    sessions = page.read(queries.sessions_over_time(filters, page.grain)).rows
    query = queries.users_over_time(filters, page.grain)
    users = page.read(query).rows if query else [{} for _ in sessions]
    return [row | people for row, people in zip(sessions, users, strict=True)]
