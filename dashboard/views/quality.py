"""Quality: how fresh this is, what was read, and what was left out, with the reason."""

import streamlit as st

from dashboard import charts, queries
from dashboard.measures import text
from dashboard.page import Page
from dashboard.tables import Column, count, words


def show(page: Page) -> None:
    snapshot = page.published.snapshot
    with st.container(key="cards times"):
        for label, name in {
            "Built": "built_at",
            "Last hit": "last_hit_at",
            "Last arrival": "last_loaded_at",
        }.items():
            st.metric(label, text(snapshot[name]), border=True)
    st.caption(
        f"Times are UTC. Snapshot `{snapshot['snapshot_id']}`, up to batch"
        f" {snapshot['batch_id']} of raw files, by dbt {snapshot['dbt_version']}."
    )
    page.block(
        "What became of every raw row",
        queries.reconciliation(page.filters),
        [
            words("Format", "format"),
            count("Raw rows", "raw_rows"),
            count("Accepted", "accepted_hits"),
            count("Duplicates", "duplicate_hits"),
            count("Of these, different", "different_duplicate_hits"),
            count("Rejected", "rejected_hits"),
            count("Late by 3 days", "late_hits"),
            count("In the future", "future_hits"),
        ],
        says="All that was ever read, whatever the dates chosen.",
    )
    page.block(
        "Why rows are no hits",
        queries.rejections(page.filters),
        [
            words("Reason", "rejection_reason"),
            words("Format", "format"),
            count("Rows", "rejected_hits"),
        ],
        says="`rejected_hits` says where each row stands.",
        nothing="Every row is a hit.",
    )
    left_out(page)
    late(page)
    troubles(page)
    page.block(
        "Tables of the snapshot",
        queries.mart_rows(page.filters),
        [
            words("Table", "mart"),
            count("Rows", "row_count"),
            Column("What a row is", lambda row: row["description"].split(". ")[0], text, False),
        ],
    )


def left_out(page: Page) -> None:
    kinds = queries.exclusions(page.filters)
    columns = [
        count("Sessions", "sessions"),
        count("Hits", "hits"),
        count("Page views", "page_views"),
    ]
    page.block(
        "Sessions that no figure counts",
        kinds,
        [words("Excluded as", "excluded_as"), *columns],
        lambda: charts.bars(page.read(kinds).rows, "excluded_as", "sessions", "Sessions"),
        nothing="No session was left out.",
    )
    page.block(
        "Rules that left them out",
        queries.exclusions(page.filters, "reason"),
        [words("Rule", "reason"), words("Excluded as", "excluded_as"), *columns],
        nothing="No session was left out.",
    )


def late(page: Page) -> None:
    query = queries.late_hits(page.filters)
    rows = page.read(query).rows
    kinds = [
        {"load_date": row["load_date"], "kind": kind, "hits": hits}
        for row in rows
        for kind, hits in {
            "In time": row["accepted_hits"] - row["late_hits"],
            "Late": row["late_hits"],
        }.items()
    ]
    page.block(
        "Hits by the date of their arrival",
        query,
        [
            words("Arrived", "load_date"),
            count("Hits", "accepted_hits"),
            count("Of these, late by 3 days", "late_hits"),
        ],
        lambda: charts.stacked(kinds, "load_date", "kind", "hits", "Hits"),
        says="All arrivals, whatever the dates chosen. A late hit changes figures of its own date.",
    )


def troubles(page: Page) -> None:
    page.block(
        "Sources and their last hits",
        queries.source_latest(page.filters),
        [
            words("Site", "site_id"),
            words("Format", "format"),
            words("Last date with hits", "last_hit_date"),
            count("Hits", "hits"),
        ],
    )
    page.block(
        "Gaps, drops and columns that went missing",
        queries.source_troubles(page.filters),
        [
            words("Date", "hit_date"),
            words("Site", "site_id"),
            words("Format", "format"),
            count("Hits", "hits"),
            count("Usual", "usual_hits"),
            count("Days without hits before", "gap_days"),
            words("Drop", "is_drop"),
            words("Columns hardly said", "lost_columns"),
        ],
        nothing="Nothing is out of the ordinary within these dates.",
    )
