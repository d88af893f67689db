"""People: who comes back, and how far they get."""

import streamlit as st

from dashboard import charts, queries
from dashboard.measures import REACHED, RETENTION, TIME_FROM_STEP_BEFORE
from dashboard.page import Page
from dashboard.tables import Column, count, ratio, words


def show(page: Page) -> None:
    lifecycle(page)
    retention(page)
    funnel(page)
    page.block(
        "How recently and how often",
        queries.bands(page.filters),
        [
            words("Last seen", "recency_band"),
            words("Active on", "frequency_band"),
            count("Users", "users"),
            count("Sessions", "sessions"),
            count("Conversions", "conversions"),
            count("Revenue", "revenue"),
        ],
        says="All users ever, up to the last date with hits, whatever the dates chosen.",
    )


def lifecycle(page: Page) -> None:
    query = queries.lifecycle(page.filters)
    if query is None:
        st.info(queries.why_no_users(page.filters))
        return
    rows = page.read(query).rows
    names = {
        "active_users": "Active in 28 days",
        "new_users": "New",
        "resurrected_users": "Resurrected",
        "dormant_users": "Gone dormant",
    }
    page.block(
        "Who comes, comes back and stays away",
        query,
        [words("Date", "active_date"), *(count(label, name) for name, label in names.items())],
        lambda: charts.lines(rows, "active_date", names),
        says="Active users of a date are those of the day before, and the new and resurrected,"
        " without those gone dormant.",
    )


def retention(page: Page) -> None:
    by, length, stretch = st.columns(3)
    cohort_by = by.selectbox("Cohorts by", ["first visit", "first conversion"], key="cohort")
    cohort_period = length.selectbox("Cohorts of a", ["week", "month"], key="cohort_period")
    period = stretch.selectbox("Retention by", ["week", "month", "day"], key="stretch")
    query = queries.retention(page.filters, cohort_by, cohort_period, period)
    rows = [
        row | {"retention": RETENTION.value(row), "cohort": f"{row['cohort_start']}"}
        for row in page.read(query).rows
    ]
    later = [row for row in rows if row["period_number"]]
    page.block(
        f"Retention of {cohort_period}s by {period} after the {cohort_by}",
        query,
        [
            words("Cohort from", "cohort"),
            count(period.capitalize(), "period_number"),
            count("Users", "users"),
            count("Came", "retained_users"),
            ratio(RETENTION),
        ],
        (lambda: charts.heat_map(later, "period_number", "cohort", "retention", "Retention", ".0%"))
        if later
        else None,
        rows=rows,
        says=f"Share of those who started within the dates that came in the {period} after;"
        f" {period} 0, in which they start, is in the table only. Site and channel are those of the first session.",
        nothing="No cohort within these dates is old enough yet: choose earlier dates.",
    )


def funnel(page: Page) -> None:
    names = page.values(queries.funnels(page.filters))
    if not names:
        st.info("There is no funnel: they stand in `seeds/funnels.csv`.")
        return
    name = st.selectbox("Funnel", names, key="funnel", bind="query-params")
    query = queries.funnel(page.filters, name)
    rows = page.read(query).rows
    before = [None, *(row["users"] for row in rows)]
    rows = [row | {"users_before": then} for row, then in zip(rows, before, strict=False)]
    lost = Column(
        "Lost on the way",
        lambda row: 1 - row["users"] / row["users_before"] if row["users_before"] else None,
        lambda value: "–" if value is None else f"{value:.1%}",
    )
    page.block(
        f"Funnel {name}",
        query,
        [
            words("Step", "step"),
            count("Users", "users"),
            ratio(REACHED),
            lost,
            ratio(TIME_FROM_STEP_BEFORE),
        ],
        lambda: charts.bars(rows, "step", "users", "Users"),
        rows=rows,
        says="Those who entered within the dates; a person counts on each date of entry.",
    )
