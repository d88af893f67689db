"""What the marts must say of the sample, worked out without SQL: plain Python reads
the raw files, cuts the sessions and counts the users by the rules of the glossary."""

import csv
import gzip
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

ZONES = {"shop": ZoneInfo("Europe/Berlin"), "blog": ZoneInfo("America/New_York")}
TIMEOUT = timedelta(minutes=30)
LOG_LINE = re.compile(
    r'(\S+) (\S+) \S+ \S+ \[([^]]+)] "(\S+) (\S+)[^"]*" (\d{3}) \S+'
    r'(?: "[^"]*" "([^"]*).*)?'
)


@dataclass
class Hit:
    hit_id: str
    site: str
    visitor: str
    user: str | None
    at: datetime
    hit_type: str
    page_url: str | None

    hit_name: str | None = None
    value: str | None = None

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZONES.get(self.site, UTC))

    @property
    def date(self) -> date:
        return self.local.date()


@dataclass
class Session:
    hits: list[Hit]
    person: str = ""

    @property
    def id(self) -> str:
        return self.hits[0].hit_id

    @property
    def user(self) -> str | None:
        return next((hit.user for hit in reversed(self.hits) if hit.user), None)

    @property
    def page_views(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.hit_type == "page_view"]

    def count(self, hit_type: str) -> int:
        return sum(hit.hit_type == hit_type for hit in self.hits)

    @property
    def seconds(self) -> float | None:
        duration = self.hits[-1].at - self.hits[0].at
        return duration.total_seconds() if len(self.hits) > 1 else None

    @property
    def is_engaged(self) -> bool:
        some_time = (self.seconds or 0) > 10
        return some_time or len(self.page_views) > 1 or self.count("purchase") > 0


@dataclass
class PageView:
    """A page view as its session sees it."""

    session: Session
    number: int
    hit: Hit
    page: str | None
    previous: str | None
    next: str | None
    seconds: float | None
    is_exit: bool

    @property
    def is_entrance(self) -> bool:
        return self.number == 1


def page_of(url: str | None, dropped: set[str]) -> str | None:
    """The URL without the parameters that make no page of their own."""
    if not url:
        return None
    scheme, host, path, query, _ = urlsplit(url)
    kept = [part for part in query.split("&") if part.split("=")[0].lower() not in dropped]
    query = "&".join(sorted(part for part in kept if part))
    return f"{scheme}://{host}{path or '/'}" + (f"?{query}" if query else "")


def page_views(sessions: Iterable[Session], dropped: set[str]) -> list[PageView]:
    views = []
    for session in sessions:
        hits = session.page_views
        pages = [page_of(hit.page_url, dropped) for hit in hits]
        for place, hit in enumerate(hits):
            is_exit = place == len(hits) - 1
            after = None if is_exit else hits[place + 1]
            views.append(
                PageView(
                    session,
                    place + 1,
                    hit,
                    pages[place],
                    pages[place - 1] if place else None,
                    None if is_exit else pages[place + 1],
                    (after.at - hit.at).total_seconds() if after else None,
                    is_exit,
                )
            )
    return views


@dataclass
class Input:
    """The hits of a raw format, and what became of all its rows."""

    hits: dict[str, Hit] = field(default_factory=dict)
    raw_rows: int = 0
    duplicates: int = 0
    rejected: int = 0

    @property
    def outcomes(self) -> tuple[int, int, int, int]:
        return self.raw_rows, len(self.hits), self.duplicates, self.rejected


def first_column(seed: Path) -> set[str]:
    with seed.open(newline="") as file:
        return {row[0] for row in csv.reader(file)}


def instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def read_shop(folder: Path, placeholders: set[str]) -> Input:
    read, deliveries = Input(), []
    for path in sorted(folder.glob("*.csv.gz")):
        with gzip.open(path, "rt", newline="") as file:
            deliveries += list(csv.DictReader(file))
    for row in sorted(deliveries, key=lambda row: instant(row["loaded_at"])):
        read.raw_rows += 1
        visitor, at = row["visitor_id"], instant(row["event_at"])
        is_amount = re.fullmatch(r"[\d.]*", row["value"])
        if not visitor or visitor.lower() in placeholders or not at or not is_amount:
            read.rejected += 1
        elif row["hit_id"] in read.hits:
            read.duplicates += 1
        else:
            user = row["user_id"]
            read.hits[row["hit_id"]] = Hit(
                row["hit_id"],
                row["site_id"],
                visitor,
                None if user.lower() in placeholders else user or None,
                at,
                row["hit_type"],
                row["page_url"] or None,
                row["hit_name"] or None,
                row["value"] or None,
            )
    return read


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def read_blog(log: Path, static_files: set[str]) -> Input:
    read, lines = Input(), Counter[str]()
    for line in gzip.decompress(log.read_bytes()).decode().splitlines():
        read.raw_rows += 1
        lines[line] += 1
        fields = LOG_LINE.fullmatch(line)
        if not fields:
            read.rejected += 1
            continue
        host, address, time, method, path, status, agent = fields.groups()
        is_page = path.partition("?")[0].rpartition(".")[2] not in static_files
        is_seen = method == "GET" and (status[0] == "2" or status == "304")
        hit_id = md5(f"{line}|{lines[line]}")
        read.hits[hit_id] = Hit(
            hit_id,
            "blog",
            md5(f"{host}|{address}|{agent or ''}"),
            None,
            datetime.strptime(time, "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC),
            "page_view" if is_page and is_seen else "request",
            f"https://{host}{path}",
        )
    return read


def cut_sessions(hits: Iterable[Hit]) -> list[Session]:
    """The sessions, in the order of their starts, with their persons."""
    sessions: list[Session] = []
    last: dict[tuple[str, str], Session] = {}
    users: dict[str, str] = {}
    for hit in sorted(hits, key=lambda hit: (hit.at, hit.hit_id)):
        key = hit.site, hit.visitor
        if key in last and hit.at - last[key].hits[-1].at <= TIMEOUT:
            last[key].hits.append(hit)
        else:
            last[key] = Session([hit])
            sessions.append(last[key])
        if hit.user:
            users[hit.visitor] = hit.user
    for session in sessions:
        visitor = session.hits[0].visitor
        session.person = session.user or users.get(visitor, visitor)
    return sessions


@dataclass
class Day:
    """What one person did on one site on one date."""

    hits: int = 0
    page_views: int = 0
    sessions: int = 0
    is_new: bool = False


Days = dict[tuple[str, str, date], Day]


def user_days(sessions: Iterable[Session]) -> Days:
    """By person, site and active date."""
    days: Days = defaultdict(Day)
    first: dict[str, date] = {}
    for session in sessions:
        person, start = session.person, session.hits[0]
        first.setdefault(person, start.date)
        days[person, start.site, start.date].sessions += 1
        for hit in session.hits:
            day = days[person, hit.site, hit.date]
            day.hits += 1
            day.page_views += hit.hit_type == "page_view"
            day.is_new = hit.date <= first[person]
    return days


def users_of(days: Days, since: date, until: date, site: str) -> tuple[int, int, int]:
    """Distinct users, new users and sessions from one date to another."""
    found = [
        (person, day)
        for (person, of_site, active), day in days.items()
        if since <= active <= until and site in (of_site, "(all)")
    ]
    users = {person for person, _ in found}
    new_users = {person for person, day in found if day.is_new}
    return len(users), len(new_users), sum(day.sessions for _, day in found)


def dates_of(sessions: Iterable[Session]) -> dict[str, list[date]]:
    """The active dates of every person, in order."""
    dates: dict[str, set[date]] = defaultdict(set)
    for session in sessions:
        dates[session.person] |= {hit.date for hit in session.hits}
    return {person: sorted(days) for person, days in dates.items()}
