"""Segments worked out without SQL, date by date: who is in them, by the words of
docs/segments.md and not by the seeds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from growth import Hit, Session

Days = list[tuple[date, Session, list[Hit]]]


def local_date(hit: Hit) -> date:
    zone = ZoneInfo("Europe/Berlin" if hit["site_id"] == "shop" else "UTC")
    return hit["event_at"].astimezone(zone).date()  # type: ignore[attr-defined, no-any-return]


def path(hit: Hit) -> str:
    url = str(hit["page_url"] or "").lower()
    return url.split("?")[0].split("#")[0]


def is_article(hit: Hit) -> bool:
    parts = path(hit).split("/")
    return hit["hit_type"] == "page_view" and parts[3:4] in (["journal"], ["posts"])


def is_product(hit: Hit) -> bool:
    return hit["hit_type"] == "page_view" and path(hit).split("/")[3:4] == ["product"]


def is_purchase(hit: Hit) -> bool:
    return hit["hit_type"] == "purchase"


def days_of(sessions: Iterable[Session]) -> dict[str, Days]:
    """Of each person the sessions by the dates on which they have hits."""
    found: dict[str, Days] = defaultdict(list)
    for session in sessions:
        by_date: dict[date, list[Hit]] = defaultdict(list)
        for hit in session.hits:
            by_date[local_date(hit)].append(hit)
        for day, hits in by_date.items():
            found[session.person].append((day, session, hits))
    return found


def was_here(days: Days, at: date, last: int) -> int:
    """Sessions that started on the date or the `last` - 1 dates before."""
    starts = {id(s): local_date(s.hits[0]) for _, s, _ in days}
    return sum(0 <= (at - start).days < last for start in starts.values())


def articles(days: Days, at: date) -> int:
    return sum(is_article(hit) for day, _, hits in days if 0 <= (at - day).days < 7 for hit in hits)


def bought_after_reading(days: Days, at: date) -> bool:
    hits = sorted(
        (hit for day, _, hits in days if day <= at for hit in hits),
        key=lambda hit: (hit["event_at"], hit["hit_id"]),
    )
    read = None
    for hit in hits:
        if is_purchase(hit) and read and hit["event_at"] - read <= timedelta(days=30):  # type: ignore[operator]
            return True
        if is_article(hit):
            read = hit["event_at"]
    return False


PERSONS: dict[str, Callable[[Days, date], bool]] = {
    "everybody": lambda days, at: any(day <= at for day, _, _ in days),
    "regulars": lambda days, at: was_here(days, at, 28) >= 3,
    "readers": lambda days, at: articles(days, at) >= 3,
    "read_then_bought": bought_after_reading,
    "away": lambda days, at: (
        min(day for day, _, _ in days) <= at
        and (
            not was_here(days, at, 20)
            or any(is_purchase(hit) for day, _, hits in days if day <= at for hit in hits)
        )
    ),
}


def stretches(
    days: Days, holds: Callable[[Days, date], bool]
) -> Iterator[tuple[date, date | None]]:
    """When a person is in a segment. Whatever changes does so on a date with a hit, or
    within 30 days after it; who is in it then stays."""
    looked_at = {day + timedelta(days=n) for day, _, _ in days for n in range(31)}
    entered = None
    for at in sorted(looked_at):
        is_in = holds(days, at)
        if is_in and entered is None:
            entered = at
        if not is_in and entered is not None:
            yield entered, at
            entered = None
    if entered is not None:
        yield entered, None
