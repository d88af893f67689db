"""Line charts as SVG, for where no script runs."""

import html
from collections.abc import Sequence

from dashboard.measures import number, text
from dashboard.published import Row

WIDTH, HEIGHT = 800, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 34, 28
COLORS = ("#0072b2", "#d55e00", "#00795a")
LABEL = 'font-family="sans-serif" font-size="12" fill="#5b6775"'


def round_top(value: float) -> float:
    """A round number that is not below the value: 1, 2, 2.5 or 5 times a power of ten."""
    power = 1.0
    while power * 10 <= value:
        power *= 10
    return next(power * step for step in (1, 2, 2.5, 5, 10) if power * step >= value)


def line_chart(
    title: str,
    rows: Sequence[Row],
    day: str,
    figures: dict[str, str],
    notes: Sequence[Row] = (),
) -> str:
    """Figures over time; whoever does not see it hears first, last and highest."""
    top = round_top(max([1, *(row[name] for row in rows for name in figures)]))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(rows) - 1)

    def x(place: int) -> float:
        return round(LEFT + place * step, 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)

    parts = []
    for share in (0, 0.5, 1):
        at = y(top * share)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}" stroke="#e1e6ec"/>'
        )
        parts.append(
            f'<text x="{LEFT - 6}" y="{at + 4}" text-anchor="end" {LABEL}>'
            f"{number(top * share)}</text>"
        )
    for place in range(0, len(rows), max(1, -(-len(rows) // 7))):
        parts.append(
            f'<text x="{x(place)}" y="{HEIGHT - 8}" text-anchor="middle" {LABEL}>'
            f"{rows[place][day]:%d %b}</text>"
        )
    places = {row[day]: place for place, row in enumerate(rows)}
    for note in notes:
        at = x(places[note["note_date"]])
        parts.append(
            f'<line x1="{at}" x2="{at}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#7a8694"'
            f' stroke-dasharray="2 3"><title>{html.escape(note["annotations"])}</title></line>'
        )
    heard = []
    for number_of, (name, label) in enumerate(figures.items()):
        color = COLORS[number_of % len(COLORS)]
        points = " ".join(f"{x(place)},{y(row[name])}" for place, row in enumerate(rows))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2.5"/>'
        )
        parts.extend(
            f'<circle cx="{x(place)}" cy="{y(row[name])}" r="3" fill="{color}">'
            f"<title>{text(row[day])}: {number(row[name])} {label.lower()}</title></circle>"
            for place, row in enumerate(rows)
        )
        at = LEFT + 130 * number_of
        parts.append(f'<rect x="{at}" y="8" width="14" height="4" fill="{color}"/>')
        parts.append(f'<text x="{at + 20}" y="15" {LABEL}>{html.escape(label)}</text>')
        if rows:
            values = [row[name] for row in rows]
            highest = text(rows[values.index(max(values))][day])
            heard.append(
                f"{label}: {number(values[0])} on the first day, {number(values[-1])} on the"
                f" last, at most {number(max(values))} on {highest}."
            )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg"'
        f' aria-label="{html.escape(title)}. {html.escape(" ".join(heard))}">{"".join(parts)}</svg>'
    )
