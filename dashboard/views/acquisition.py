"""Acquisition: by which channels and sources people come."""

import streamlit as st

from dashboard import charts, figures, queries
from dashboard.measures import (
    AVERAGE_DURATION,
    BOUNCE_RATE,
    CONVERSION_RATE,
    ENGAGEMENT_RATE,
)
from dashboard.page import Page
from dashboard.tables import Column, count, ratio, words

SESSION_COLUMNS = [
    count("Sessions", "sessions"),
    ratio(ENGAGEMENT_RATE),
    ratio(BOUNCE_RATE),
    ratio(AVERAGE_DURATION),
    ratio(CONVERSION_RATE),
    count("Conversions", "conversions"),
    count("Revenue", "revenue"),
]
DIMENSIONS = {"channel": "channel", "country": "country_code", "device": "device_type"}


def show(page: Page) -> None:
    by_dimension(page, "channel")
    page.block(
        f"Channels by {page.grain}",
        queries.channels_over_time(page.filters, page.grain),
        [
            words("From", "period_start"),
            words("Channel", "channel"),
            count("Sessions", "sessions"),
        ],
        lambda: charts.stacked(
            page.read(queries.channels_over_time(page.filters, page.grain)).rows,
            "period_start",
            "channel",
            "sessions",
            "Sessions",
        ),
    )
    page.block(
        "Sources, media and campaigns",
        queries.sources(page.filters),
        [
            words("Source", "source"),
            words("Medium", "medium"),
            words("Campaign", "campaign"),
            *SESSION_COLUMNS,
        ],
    )
    left, right = st.columns(2)
    with left:
        by_dimension(page, "country")
    with right:
        by_dimension(page, "device")
    groups = page.values(queries.channel_group_names(page.filters))
    if groups:
        group = st.selectbox("Channel group", groups, key="group", bind="query-params")
        query = queries.channel_group(page.filters, group)
        page.block(
            f"Sessions by the group {group}", query, [words("Label", "value"), *SESSION_COLUMNS]
        )
    credit(page)


def by_dimension(page: Page, dimension: str) -> None:
    """A table of channels, countries or devices, with users where they are counted."""
    query = queries.sessions_by(page.filters, DIMENSIONS[dimension])
    rows, columns, asked = page.read(query).rows, list(SESSION_COLUMNS), []
    users = queries.users_by(page.filters, dimension)
    if users:
        known = {row["value"]: row["users"] for row in page.read(users).rows}
        rows = [row | {"users": known.get(row["value"])} for row in rows]
        columns.insert(1, count("Users", "users"))
        asked.append(users)
    if page.before:
        then = page.read(queries.sessions_by(page.before, DIMENSIONS[dimension])).rows
        rows = figures.beside_before(rows, then, "value", ("sessions",))
        columns.insert(1, figures.with_change("Change", "sessions"))
    title = {"channel": "Channels", "country": "Countries", "device": "Devices"}[dimension]
    says = "Users who came by several channels count in each: do not sum them."
    page.block(
        title,
        query,
        [words(title, "value"), *columns],
        lambda: charts.bars(rows, "value", "sessions", "Sessions"),
        rows=rows,
        says=says if users and dimension == "channel" else "",
        others=asked,
    )


def credit(page: Page) -> None:
    """What each attribution model says of each channel."""
    query = queries.attribution(page.filters)
    found = page.read(query).rows
    models = sorted({row["attribution_model"] for row in found})
    by_channel: dict[str, dict] = {}
    for row in found:
        credited = by_channel.setdefault(row["channel"], {"channel": row["channel"]})
        credited[row["attribution_model"]] = row["credited_conversions"]

    def of_model(model: str) -> Column:
        return Column(
            model.replace("_", " ").capitalize(), lambda row: row.get(model, 0.0), "{:,.1f}".format
        )

    page.block(
        "Conversions credited by attribution model",
        query,
        [words("Channel", "channel"), *map(of_model, models)],
        rows=list(by_channel.values()),
        says="Each column credits every conversion in full: compare columns, do not sum them."
        " Dates are those of the conversions.",
        nothing="No conversion within these dates and filters.",
    )
