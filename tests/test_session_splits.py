"""Sessions that midnight and campaigns end, beside those that a loop over the hits cuts:
the sample's shop, in two runs, of which the second brings hits in between."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from footfall import ROOT, Project
from growth import TAGS, Hit
from test_growth import shop_hits

BERLIN = ZoneInfo("Europe/Berlin")


def tags(hit: Hit) -> tuple[str, ...] | None:
    query = dict(reversed(parse_qsl(urlsplit(str(hit["page_url"] or "")).query)))
    found = tuple(str(hit[tag] or query.get(tag) or "").lower() for tag in TAGS)
    return found if any(found) else None


def cut(hits: list[Hit]) -> dict[str, tuple[int, datetime]]:
    """By the id of its first hit, how many hits a session has, and when the last is."""
    found = {}
    hits.sort(key=lambda hit: (hit["visitor_id"], hit["event_at"], hit["hit_id"]))
    for _, of_visitor in groupby(hits, key=lambda hit: hit["visitor_id"]):
        last: datetime | None = None
        day, name, campaign = date.min, "", None
        for at, hits_at_once in groupby(of_visitor, key=lambda hit: hit["event_at"]):
            assert isinstance(at, datetime)
            at_once = list(hits_at_once)
            today = at.astimezone(BERLIN).date()
            new = max((tag for hit in at_once if (tag := tags(hit))), default=None)
            if last is None or at - last > timedelta(minutes=30):
                name, campaign = str(at_once[0]["hit_id"]), None
            elif today != day or (new and new != campaign):
                name = str(at_once[0]["hit_id"])
            campaign, last, day = new or campaign, at, today
            found[name] = found.get(name, (0, at))[0] + len(at_once), at
    return found


def test_sessions_end_at_midnight_and_at_campaigns(new_project: Callable[[], Project]) -> None:
    project = new_project()
    project.env["FOOTFALL_HITS"] = "hits/*"
    with (project.root / "seeds/session_splits.csv").open("a") as file:
        file.write("shop,midnight\nshop,campaign\n")
    files = sorted((ROOT / "data/hits").glob("*.csv.gz"))
    for run in (1, 0):
        (project.root / "hits").mkdir(exist_ok=True)
        for path in files[run::2]:
            shutil.copy2(path, project.root / "hits")
        project.build("--select", "+int_session_days")
    found = project.query("""
        select session_id, sum(hits)::int, max(ended_at)
        from intermediate.int_session_days group by 1
    """)
    expected = cut(shop_hits())
    assert {row[0]: (row[1], row[2].replace(tzinfo=UTC)) for row in found} == expected
