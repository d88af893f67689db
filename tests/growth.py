"""Conversions, touches and credits worked out without SQL, by the rules that the docs
state: the hits as dictionaries, sessions by a loop, credit in whole fractions."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

Hit = dict[str, object]
Origin = tuple[str, str, str | None]
DIRECT: Origin = ("(direct)", "(none)", None)
TAGS = ("utm_source", "utm_medium", "utm_campaign")


def host(url: object) -> str | None:
    found = re.match(
        r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?([^/?#:]+)", str(url or "").lower()
    )
    return found and found[1]


class Origins:
    """Where a hit came from, by the seeds as they are on disk."""

    def __init__(self, seeds: Path) -> None:
        def rows(name: str) -> list[dict[str, str]]:
            with (seeds / f"{name}.csv").open(newline="", encoding="utf-8") as file:
                return list(csv.DictReader(file))

        self.sources = {row["source_host"]: row for row in rows("sources")}
        self.clicks = sorted((row["parameter"], row) for row in rows("click_ids"))
        self.unwanted = {row["referrer_host"] for row in rows("unwanted_referrers")}
        self.own = {(row["site_id"], row["host"]) for row in rows("site_hosts")}

    def of(self, hit: Hit) -> Origin:
        query = dict(reversed(parse_qsl(urlsplit(str(hit["page_url"] or "")).query)))
        source, medium, campaign = (hit.get(tag) or query.get(tag) for tag in TAGS)
        if source or medium or campaign:
            source, medium = (str(tag or "(not set)").lower() for tag in (source, medium))
            return source, medium, campaign and str(campaign)
        names = {name.lower() for name in query}
        for parameter, click in self.clicks:
            if parameter in names:
                return click["source"], click["medium"], None
        referrer = host(hit["referrer_url"])
        is_own = referrer == host(hit["page_url"]) or (hit["site_id"], referrer) in self.own
        if not referrer or is_own or referrer in self.unwanted:
            return DIRECT
        known = self.sources.get(referrer)
        media = {"search": "organic", "ai_assistant": "ai-assistant"}
        medium = media.get(known["category"], "referral") if known else "referral"
        return (known["source"] if known else referrer), medium, None


@dataclass
class Session:
    hits: list[Hit]
    person: str = ""
    touches: list[tuple[Hit, Origin]] = field(default_factory=list)


def sessions_of(hits: Iterable[Hit], origins: Origins) -> list[Session]:
    """The sessions with their persons and touches."""
    sessions: list[Session] = []
    last: dict[tuple[object, object], Session] = {}
    users: dict[object, str] = {}
    for hit in sorted(hits, key=lambda hit: (hit["event_at"], hit["hit_id"])):
        key = hit["site_id"], hit["visitor_id"]
        session, at = last.get(key), hit["event_at"]
        assert isinstance(at, datetime)
        if session and at - session.hits[-1]["event_at"] <= timedelta(minutes=30):  # type: ignore[operator]
            session.hits.append(hit)
        else:
            session = last[key] = Session([hit])
            sessions.append(session)
        origin = origins.of(hit)
        if not session.touches or origin not in (DIRECT, session.touches[-1][1]):
            session.touches.append((hit, origin))
        if hit["user_id"]:
            users[hit["visitor_id"]] = str(hit["user_id"])
    for session in sessions:
        visitor = session.hits[0]["visitor_id"]
        own = [hit["user_id"] for hit in session.hits if hit["user_id"]]
        session.person = str(own[-1] if own else users.get(visitor, visitor))
    return sessions


def weights(model: str, path: list[tuple[datetime, Origin]], at: datetime) -> list[Fraction]:
    """What each touch of a path weighs."""
    count = len(path)
    if model == "linear":
        return [Fraction(1)] * count
    if model == "position_based":
        middle = Fraction(20, 100 * (count - 2)) if count > 2 else Fraction(0)
        return [
            Fraction(2, 5) if count > 2 and place in (0, count - 1) else middle or Fraction(1)
            for place in range(count)
        ]
    if model == "time_decay":
        seconds = [(at - touched).total_seconds() for touched, _ in path]
        return [Fraction(max(1, round(1e6 * 0.5 ** (age / 86400 / 7)))) for age in seconds]
    places = [place for place, (_, origin) in enumerate(path) if origin != DIRECT]
    chosen = {
        "first_touch": 0,
        "last_touch": count - 1,
        "last_non_direct": places[-1] if places else count - 1,
    }[model]
    return [Fraction(place == chosen) for place in range(count)]


def credits(parts: list[Fraction], total: Decimal, digits: str) -> list[Decimal]:
    """The total shared out such that the running sums are right to the digit."""
    shares, before, running = [], Decimal(0), Fraction(0)
    for part in parts:
        running += part
        exact = Fraction(total) * running / sum(parts)
        now = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            Decimal(digits), ROUND_HALF_EVEN
        )
        shares.append(now - before)
        before = now
    return shares


def touches_by_person(
    sessions: Iterable[Session],
) -> dict[tuple[str, object], list[tuple[datetime, str, int, Origin]]]:
    """Of each person and site, when they were touched, in which session, by what."""
    found = defaultdict(list)
    for session in sessions:
        for number, (hit, origin) in enumerate(session.touches, 1):
            key = session.person, hit["site_id"]
            found[key].append((hit["event_at"], str(session.hits[0]["hit_id"]), number, origin))
    return {key: sorted(touches) for key, touches in found.items()}  # type: ignore[misc]
