"""Content: what people read, and where they go."""

import streamlit as st

from dashboard import charts, queries
from dashboard.measures import EXIT_RATE, PAGE_BOUNCE_RATE, SCROLL_RATE, TIME_ON_PAGE
from dashboard.page import Page
from dashboard.tables import Column, count, ratio, words

PAGE_COLUMNS = [
    count("Page views", "page_views"),
    count("Entrances", "entrances"),
    ratio(PAGE_BOUNCE_RATE),
    count("Exits", "exits"),
    ratio(EXIT_RATE),
    ratio(TIME_ON_PAGE),
    ratio(SCROLL_RATE),
]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def show(page: Page) -> None:
    query = queries.pages(page.filters)
    rows = page.read(query).rows
    page.block(
        "Pages",
        query,
        [words("Page", "value"), *PAGE_COLUMNS],
        lambda: charts.bars(rows, "value", "page_views", "Page views"),
    )
    groups = queries.pages(page.filters, "content_group")
    page.block("Content groups", groups, [words("Content group", "value"), *PAGE_COLUMNS])
    around(page, ["(entrance)", *(row["value"] for row in rows[:100])])
    page.block(
        "Paths",
        queries.paths(page.filters),
        [
            words("First page", "first_page_url"),
            words("Second", "second_page_url"),
            words("Third", "third_page_url"),
            words("Fourth", "fourth_page_url"),
            words("Fifth", "fifth_page_url"),
            count("Sessions", "sessions"),
        ],
        says="The first five pages of a session.",
    )
    what_else(page)
    heat_map(page)


def around(page: Page, names: list[str]) -> None:
    """The pages before and after one."""
    chosen = st.selectbox("Page to look around", names, key="page", bind="query-params")
    share = Column(
        "Share", lambda row: row["transitions"] / row["all_transitions"], "{:.1%}".format
    )
    for title, query in {
        "Before it": queries.previous_pages(page.filters, chosen),
        "After it": queries.next_pages(page.filters, chosen),
    }.items():
        page.block(
            title,
            query,
            [words("Page", "value"), count("Times", "transitions"), share],
            says=chosen,
            nothing="Nothing is before an entrance." if chosen == "(entrance)" else "Nothing.",
        )


def what_else(page: Page) -> None:
    """Searches, clicks, downloads, forms, errors and custom events."""
    types = page.values(queries.event_types(page.filters))
    if types:
        hit_type = st.selectbox("What people did", types, key="event", bind="query-params")
        page.block(
            f"Events of the type {hit_type}",
            queries.events(page.filters, hit_type),
            [words("Name", "value"), count("Hits", "hits"), count("Value", "amount")],
        )


def heat_map(page: Page) -> None:
    query = queries.hours(page.filters)
    rows = [row | {"weekday": WEEKDAYS[row["weekday_number"] - 1]} for row in page.read(query).rows]
    page.block(
        "When people come",
        query,
        [
            words("Weekday", "weekday"),
            words("Hour", "active_hour"),
            count("Sessions", "sessions"),
            count("Page views", "page_views"),
        ],
        lambda: charts.heat_map(rows, "active_hour", "weekday", "sessions", "Sessions"),
        rows=rows,
        says="Sessions by the hour of their start, in each site's time zone.",
    )
