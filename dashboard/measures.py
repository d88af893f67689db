"""Ratios of the marts' counts, by the formulas in the descriptions of the marts, and how
figures are written.

No mart stores a ratio, since ratios do not add up: its counts are summed first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Ratio:
    """One column by another, of a row of sums."""

    label: str
    of: str
    by: str
    is_share: bool = False
    is_seconds: bool = False

    def value(self, row: Mapping[str, Any]) -> float | None:
        """Null without anything to divide by."""
        of, by = row[self.of], row[self.by]
        return float(of) / float(by) if of is not None and by else None

    def text(self, row: Mapping[str, Any]) -> str:
        return self.written(self.value(row))

    def written(self, value: float | None) -> str:
        if value is None:
            return "–"
        if self.is_share:
            return f"{value:.1%}"
        return seconds(value) if self.is_seconds else f"{value:,.2f}"


ENGAGEMENT_RATE = Ratio("Engagement rate", "engaged_sessions", "sessions", is_share=True)
BOUNCE_RATE = Ratio("Bounce rate", "bounces", "sessions", is_share=True)
AVERAGE_DURATION = Ratio(
    "Average duration", "duration_seconds", "measured_sessions", is_seconds=True
)
CONVERSION_RATE = Ratio("Conversion rate", "converting_sessions", "sessions", is_share=True)
SESSIONS_PER_USER = Ratio("Sessions per user", "sessions", "users")
STICKINESS = Ratio("Stickiness", "users", "users_28_days", is_share=True)

COST_PER_CLICK = Ratio("Cost per click", "cost", "clicks")
COST_PER_ACQUISITION = Ratio("Cost per acquisition", "cost", "conversions_with_cost")
RETURN_ON_SPENDING = Ratio("Return on spending", "revenue_with_cost", "cost")
CLICK_RATE = Ratio("Click rate", "clicks", "impressions", is_share=True)

PAGE_BOUNCE_RATE = Ratio("Bounce rate", "bounces", "entrances", is_share=True)
EXIT_RATE = Ratio("Exit rate", "exits", "page_views", is_share=True)
TIME_ON_PAGE = Ratio("Time on page", "time_on_page_seconds", "timed_page_views", is_seconds=True)
SCROLL_RATE = Ratio(
    "Scrolled down", "scrolled_page_views", "scroll_measured_page_views", is_share=True
)

RETENTION = Ratio("Retention", "retained_users", "users", is_share=True)
REACHED = Ratio("Of all who entered", "users", "entered_users", is_share=True)
TIME_FROM_STEP_BEFORE = Ratio(
    "Time from the step before", "seconds_from_previous_step", "users", is_seconds=True
)
PACE = Ratio("Pace", "actual", "target_to_date", is_share=True)


def number(value: Any) -> str:
    """A count, or an amount."""
    if value is None:
        return "–"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.2f}"
    return f"{int(value):,}"


def seconds(value: float | None) -> str:
    """A duration, such as 1:05 or 2:03:00; from two days on, in days."""
    if value is None:
        return "–"
    whole = round(value)
    if whole >= 2 * 86_400:
        return f"{whole / 86_400:.1f} days"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def change(now: float | None, before: float | None) -> float | None:
    """By which part a figure changed; null where there was none before."""
    return (now - before) / before if now is not None and before else None


def change_text(now: float | None, before: float | None) -> str:
    changed = change(now, before)
    return "–" if changed is None else f"{changed:+.1%}".replace("-", "−")
