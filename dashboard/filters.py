"""What a reader wants to see: dates, and values to filter on."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

# What can be filtered on beside the dates; a mart that lacks one ignores it, and says so.
NAMES = ("site", "channel", "country", "device", "segment")
# Of these, users are counted by one at a time.
USER_DIMENSIONS = ("channel", "country", "device")

NOT_SET = "(not set)"
ALL_SITES = "(all)"


@dataclass(frozen=True)
class Filters:
    """The dates, both included, and a value to keep or None to keep all."""

    first: date
    last: date
    site: str | None = None
    channel: str | None = None
    country: str | None = None
    device: str | None = None
    segment: str | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_month(self) -> bool:
        return self.first.day == 1 and self.last == end_of_month(self.first)

    @property
    def user_dimension(self) -> tuple[str, str] | None:
        """By what users are counted, and the value; None where no mart counts them so."""
        chosen = [(name, getattr(self, name)) for name in USER_DIMENSIONS if getattr(self, name)]
        return None if len(chosen) > 1 else chosen[0] if chosen else ("all", "all")

    def moved(self, first: date, last: date) -> "Filters":
        return replace(self, first=first, last=last)

    def before(self) -> "Filters":
        """As many days right before; before a whole month the month before."""
        last = self.first - timedelta(days=1)
        if self.is_month:
            return self.moved(last.replace(day=1), last)
        return self.moved(last - timedelta(days=self.days - 1), last)

    def year_before(self) -> "Filters":
        """The same weekdays 52 weeks before."""
        weeks = timedelta(weeks=52)
        return self.moved(self.first - weeks, self.last - weeks)


def end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


PERIODS = (
    "Last 7 days",
    "Last 28 days",
    "Last 90 days",
    "This month",
    "Month before",
    "Everything",
    "Other dates",
)
COMPARISONS = ("The period before", "52 weeks before", "Nothing")


def dates_of(period: str, start: date, today: date) -> tuple[date, date]:
    """The dates of a period that is named, in a history from `start` to `today`."""
    if period.startswith("Last "):
        return today - timedelta(days=int(period.split()[1]) - 1), today
    if period == "This month":
        return today.replace(day=1), today
    if period == "Month before":
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    return start, today


def compared(filters: Filters, comparison: str) -> Filters | None:
    """What to compare with."""
    if comparison == "The period before":
        return filters.before()
    return filters.year_before() if comparison == "52 weeks before" else None
