"""What every page is made of: cards, and blocks of a chart, its table, its source."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt
import streamlit as st

from dashboard import queries
from dashboard.figures import Card
from dashboard.filters import Filters
from dashboard.measures import text
from dashboard.published import Published, Query, Row, Table
from dashboard.tables import Column, csv_text, html_table

# A longer table is shown up to here, and can be downloaded whole.
ROWS_SHOWN = 25


@dataclass(frozen=True)
class Page:
    """The snapshot and the filters that a page shows."""

    published: Published
    filters: Filters
    before: Filters | None
    grain: str

    def read(self, query: Query) -> Table:
        snapshot_id = self.published.snapshot["snapshot_id"]
        parameters = tuple(sorted(query.parameters.items()))
        return cached_read(snapshot_id, query.sql, parameters, self.published)

    def row(self, query: Query | None) -> Row:
        """The only row; empty where there is no such question."""
        return self.read(query).rows[0] if query else {}

    def values(self, query: Query) -> list[str]:
        return [row["value"] for row in self.read(query).rows]

    def block(
        self,
        title: str,
        query: Query,
        columns: Sequence[Column],
        chart: Callable[[], alt.TopLevelMixin] | None = None,
        rows: Sequence[Row] | None = None,
        says: str = "",
        nothing: str = "Nothing within these dates and filters.",
        others: Sequence[Query] = (),
    ) -> None:
        """A chart with its figures, where they come from, and the same as CSV.

        `rows` are those of the query unless given; `others` are further questions that
        they were made of.
        """
        table = self.read(query)
        shown = table.rows if rows is None else rows
        with st.container(border=True):
            st.subheader(title, anchor=False)
            if says:
                st.caption(says)
            if not shown:
                st.info(nothing)
                self.source(query, *others)
                return
            if chart is not None:
                st.altair_chart(
                    chart(), width="stretch", alt=f"{title}: a chart of the table below."
                )
            content = html_table(title, columns, shown[:ROWS_SHOWN])
            if chart is None:
                st.html(content)
            else:
                with st.expander("Figures as a table"):
                    st.html(content)
            if len(shown) > ROWS_SHOWN:
                st.caption(f"The first {ROWS_SHOWN} of {len(shown)} rows; the download has all.")
            with st.container(horizontal=True, vertical_alignment="center"):
                self.source(query, *others)
                st.download_button(
                    "CSV",
                    csv_text(columns, shown),
                    file_name=re.sub(r"\W+", "_", title.lower()).strip("_") + ".csv",
                    mime="text/csv",
                    key=f"download {title}",
                    help=f"Download {title}",
                    icon=":material/download:",
                    on_click="ignore",
                    type="tertiary",
                )

    def source(self, *asked: Query) -> None:
        """Where figures come from, and which filters cannot narrow them."""
        marts = sorted({mart for query in asked for mart in self.read(query).marts})
        names = " and ".join(f"`{mart}`" for mart in marts)
        built = text(self.published.snapshot["built_at"])
        ignored = queries.ignored(self.filters, *asked)
        note = f" Not narrowed by {' and '.join(ignored)}, which is not in it." if ignored else ""
        st.caption(f"From {names}, built {built} UTC.{note}")


@st.cache_data(max_entries=500, show_spinner=False)
def cached_read(snapshot_id: str, sql: str, parameters: tuple, _published: Published) -> Table:
    """A snapshot never changes, so neither does an answer from it."""
    return _published.read(Query(sql, dict(parameters)))


def cards(shown: Sequence[Card], says: str) -> None:
    """Figures side by side, or below each other where there is no room."""
    with st.container(horizontal=True, key="cards"):
        for card in shown:
            changed = None if card.change == "–" else card.change.replace("−", "-")
            st.metric(card.label, card.written, changed, border=True)
    st.caption(says)


def sentences(title: str, said: Sequence[str], otherwise: str = "") -> None:
    """Things said in words, as a list."""
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in said)
    st.subheader(title, anchor=False)
    st.html(f'<ul class="sentences">{items}</ul>' if said else f"<p>{html.escape(otherwise)}</p>")
