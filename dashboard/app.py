"""The dashboard on the published marts: `make dashboard`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import streamlit as st

from dashboard import queries
from dashboard.filters import COMPARISONS, NAMES, PERIODS, Filters, compared, dates_of
from dashboard.measures import text
from dashboard.page import Page
from dashboard.published import NothingPublishedError, Published, published_path
from dashboard.views import (
    acquisition,
    campaigns,
    content,
    overview,
    people,
    quality,
    segments,
)

# How often to look for a new snapshot.
SECONDS_TO_LOOK = 15

STYLE = Path(__file__).with_name("style.css")

VIEWS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "Overview": (":material/monitoring:", overview.show),
    "Acquisition": (":material/campaign:", acquisition.show),
    "Campaigns": (":material/payments:", campaigns.show),
    "Content": (":material/article:", content.show),
    "People": (":material/group:", people.show),
    "Segments": (":material/pie_chart:", segments.show),
    "Data quality": (":material/fact_check:", quality.show),
}


def chosen(label: str, name: str, values: list[str], everything: str) -> str | None:
    """A value to keep, or None for all; it stands in the address, so a view can be sent."""
    found = st.selectbox(label, [everything, *values], key=name, bind="query-params")
    return None if found == everything else found


def choose(published: Published) -> tuple[Filters, Filters | None, str]:
    """The filters in the sidebar: what to show, what to compare with, and by what time."""
    snapshot = published.snapshot
    some = Filters(snapshot["built_at"].date(), snapshot["built_at"].date())
    last_hit_at = snapshot["last_hit_at"] or snapshot["built_at"]
    history = published.read(queries.history(some, last_hit_at)).rows[0]
    start = history["first_date"] or some.first
    today = history["last_date"] or some.last
    with st.sidebar:
        period = st.selectbox("Dates", PERIODS, index=1, key="dates", bind="query-params")
        first, last = dates_of(period, start, today)
        if period == "Other dates":
            first = st.date_input("From", first, key="from", bind="query-params")
            last = max(first, st.date_input("To", last, key="to", bind="query-params"))
        comparison = st.selectbox("Compare with", COMPARISONS, key="compare", bind="query-params")
        grain = st.selectbox("Curves by", list(queries.GRAINS), key="by", bind="query-params")

        def values(query: queries.Query) -> list[str]:
            return [row["value"] for row in published.read(query).rows]

        filters = Filters(
            first,
            last,
            site=chosen("Site", "site", values(queries.sites(some)), "All sites"),
            segment=chosen(
                "Segment", "segment", values(queries.segment_names(some)), "All segments"
            ),
            **{
                name: chosen(
                    name.capitalize(),
                    name,
                    values(queries.dimension_values(some, name)),
                    everything,
                )
                for name, everything in {
                    "channel": "All channels",
                    "country": "All countries",
                    "device": "All devices",
                }.items()
            },
        )
    return filters, compared(filters, comparison), grain


@st.fragment(run_every=SECONDS_TO_LOOK)
def watch(shown: str | None) -> None:
    """Show the next snapshot as soon as there is one."""
    try:
        with Published(published_path()) as published:
            found = published.snapshot["snapshot_id"]
    except NothingPublishedError:
        found = None
    if found != shown:
        st.rerun()


def show_view(name: str, show: Callable[[Page], None]) -> None:
    """A page on the snapshot as it is now."""
    try:
        with Published(published_path()) as published:
            filters, before, grain = choose(published)
            st.title(name, anchor=False)
            chosen_values = [getattr(filters, name) for name in NAMES if getattr(filters, name)]
            words = ", ".join([f"{text(filters.first)} to {text(filters.last)}", *chosen_values])
            if before:
                words += f", compared with {text(before.first)} to {text(before.last)}"
            st.caption(words)
            show(Page(published, filters, before, grain))
            watch(published.snapshot["snapshot_id"])
    except NothingPublishedError:
        nothing_published()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        st.error("What is published is of another version of the project. Run it again.")
        st.code(str(error), language=None)


def nothing_published() -> None:
    st.title("Nothing is published yet", anchor=False)
    st.markdown(
        f"The dashboard reads `{published_path()}`, and there is no such file, or none that can"
        " be opened.\n\n"
        "- `make run` builds the tables, from the sample or from the hits that you name, and"
        " publishes them.\n"
        "- A run in which a test fails, or of a part of the models, publishes nothing; its last"
        " line says why.\n"
        "- If you publish elsewhere, set `FOOTFALL_PUBLISHED` for the dashboard, too.\n\n"
        "This page shows the figures as soon as they are there."
    )
    watch(None)


def main() -> None:
    st.set_page_config("Footfall", "👣", layout="wide")
    st.html(STYLE)
    pages = [
        st.Page(
            partial(show_view, name, show),
            title=name,
            icon=icon,
            url_path="" if name == "Overview" else name.lower().replace(" ", "-"),
            default=name == "Overview",
        )
        for name, (icon, show) in VIEWS.items()
    ]
    st.navigation(pages, expanded=True).run()


main()
