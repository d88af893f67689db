"""Charts of rows. What each shows stands beside it as a table, too."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from dashboard.tables import Row

HEIGHT = 280
# Readable on light and dark.
GRAY = "#7a8694"
LEGEND = alt.Legend(orient="top", labelLimit=100, columns=3)


def frame(rows: Sequence[Row]) -> pd.DataFrame:
    found = pd.DataFrame(list(rows))
    for column in found.columns:
        if column.endswith(("_start", "_date")):
            found[column] = pd.to_datetime(found[column])
    return found


def lines(
    rows: Sequence[Row],
    day: str,
    figures: dict[str, str],
    before: Sequence[Row] = (),
    annotations: Sequence[Row] = (),
) -> alt.LayerChart:
    """Figures over time; those of the period before, if any, dashed at the same place."""
    parts = []
    for name, label in figures.items():
        for period, found in (("These dates", rows), ("Compared with", before)):
            for place, row in enumerate(found[: len(rows)]):
                parts.append(
                    {
                        "at_date": rows[place][day],
                        "On": f"{row[day]}",
                        "Figure": label,
                        "Period": period,
                        "Value": row[name],
                    }
                )
    data = frame(parts)
    base = alt.Chart(data).encode(
        x=alt.X("at_date:T", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True)),
        y=alt.Y("Value:Q", title=None, axis=alt.Axis(tickMinStep=1)),
        color=alt.Color("Figure:N", title=None, sort=list(figures.values()), legend=LEGEND),
        tooltip=["Figure:N", "Period:N", "On:N", alt.Tooltip("Value:Q", format=",")],
    )
    dashes = alt.StrokeDash(
        "Period:N",
        title=None,
        scale=alt.Scale(domain=["These dates", "Compared with"], range=[[1, 0], [4, 4]]),
        legend=None,
    )
    layers: list[Any] = [
        base.mark_line(strokeWidth=2).encode(strokeDash=dashes),
        base.mark_point(filled=True, size=24).transform_filter("datum.Period == 'These dates'"),
    ]
    if annotations:
        notes = alt.Chart(frame(annotations)).encode(
            x="note_date:T", tooltip=[alt.Tooltip("annotations:N", title="Note")]
        )
        layers += [
            notes.mark_rule(strokeDash=[2, 2], strokeWidth=2, opacity=0.6),
            notes.mark_point(shape="triangle-down", filled=True, size=90).encode(y=alt.value(0)),
        ]
    return alt.layer(*layers).properties(height=HEIGHT)


def bars(rows: Sequence[Row], name: str, figure: str, label: str, most: int = 12) -> alt.LayerChart:
    """The largest of a figure, one bar each under its name, so that long names have room."""
    data = frame(rows[:most])
    base = alt.Chart(data).encode(
        y=alt.Y(f"{name}:N", title=None, sort=None, axis=None),
        tooltip=[
            alt.Tooltip(f"{name}:N", title="Name"),
            alt.Tooltip(f"{figure}:Q", title=label, format=",.10~g"),
        ],
    )
    axis = alt.Axis(tickMinStep=1, tickCount=5, labelOverlap=True)
    drawn = base.mark_bar(cornerRadiusEnd=3, height=9, yOffset=8).encode(
        x=alt.X(f"{figure}:Q", title=label, axis=axis)
    )
    named = base.mark_text(align="left", dx=1, dy=-5, limit=600, fontSize=12, color=GRAY).encode(
        x=alt.value(0), text=f"{name}:N"
    )
    return alt.layer(drawn, named).properties(height=alt.Step(32))


def stacked(rows: Sequence[Row], day: str, name: str, figure: str, label: str) -> alt.Chart:
    """How a figure is made up over time."""
    data = frame(rows)
    data["on"] = data[day].dt.strftime("%d %b %Y")
    return (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X(
                "on:O",
                title=None,
                sort=None,
                axis=alt.Axis(
                    labelOverlap=True, labelAngle=0, labelExpr="slice(datum.value, 0, 6)"
                ),
            ),
            y=alt.Y(f"sum({figure}):Q", title=label, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(f"{name}:N", title=None, legend=LEGEND),
            tooltip=[
                alt.Tooltip("on:O", title="Date"),
                alt.Tooltip(f"{name}:N", title="Of"),
                alt.Tooltip(f"{figure}:Q", title=label, format=","),
            ],
        )
        .properties(height=HEIGHT + 60)
    )


def heat_map(
    rows: Sequence[Row], across: str, down: str, figure: str, label: str, written: str = ",d"
) -> alt.Chart:
    """A figure by two things: the darker, the more."""
    data = pd.DataFrame(list(rows))
    return (
        alt.Chart(data)
        .mark_rect(stroke=GRAY, strokeWidth=0.3)
        .encode(
            x=alt.X(f"{across}:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y(
                f"{down}:O",
                title=None,
                sort=None,
                axis=alt.Axis(labelOverlap=False, labelLimit=150),
            ),
            color=alt.Color(
                f"{figure}:Q",
                title=label,
                scale=alt.Scale(scheme="blues"),
                legend=alt.Legend(orient="top", format=written, gradientLength=160),
            ),
            tooltip=[
                alt.Tooltip(f"{down}:O", title="Row"),
                alt.Tooltip(f"{across}:O", title="Column"),
                alt.Tooltip(f"{figure}:Q", title=label, format=written),
            ],
        )
        .properties(height=alt.Step(26))
    )
