"""Segments: how large they are, what they do, and whom they share."""

from dashboard import charts, queries
from dashboard.measures import (
    AVERAGE_DURATION,
    BOUNCE_RATE,
    CONVERSION_RATE,
    ENGAGEMENT_RATE,
)
from dashboard.page import Page
from dashboard.tables import Column, count, ratio, words

NONE = "No segment has anybody within these dates: they stand in `seeds/segments.csv`."


def show(page: Page) -> None:
    query = queries.segments(page.filters)
    rows = page.read(query).rows
    page.block(
        "Segments",
        query,
        [
            words("Segment", "value"),
            words("Of", "scope"),
            count("Members at the end", "members"),
            count("New users", "new_users"),
            count("Sessions", "sessions"),
            ratio(ENGAGEMENT_RATE),
            ratio(BOUNCE_RATE),
            ratio(AVERAGE_DURATION),
            ratio(CONVERSION_RATE),
            count("Conversions", "conversions"),
            count("Revenue", "revenue"),
        ],
        lambda: charts.bars(rows, "value", "sessions", "Sessions"),
        says="A session may be in several segments: do not sum them. Only persons are members.",
        nothing=NONE,
    )
    users = queries.segments_over_time(page.filters)
    days = page.read(users).rows
    page.block(
        "Users of each segment by day",
        users,
        [
            words("Date", "segment_date"),
            words("Segment", "segment"),
            count("Users", "users"),
            count("Sessions", "sessions"),
        ],
        lambda: charts.heat_map(
            [row | {"day": f"{row['segment_date']}"} for row in days],
            "day", "segment", "users", "Users",
        ),
        nothing=NONE,
    )  # fmt: skip
    overlap(page)


def overlap(page: Page) -> None:
    query = queries.overlaps(page.filters)
    share = Column(
        "Share of the segment", lambda row: row["users"] / row["segment_users"], "{:.1%}".format
    )
    page.block(
        "Users whom two segments share",
        query,
        [
            words("Segment", "segment_id"),
            words("Also in", "other_segment_id"),
            count("Users", "users"),
            count("Of the segment's", "segment_users"),
            share,
        ],
        says="Of the month in which the dates end, over all sites.",
        nothing="No two segments share a user in the month in which the dates end.",
    )
