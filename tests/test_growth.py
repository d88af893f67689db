"""Goals, touches, attribution, campaigns, trends and alerts, beside what plain Python makes of the same
hits: those of the sample's shop, and, where the real data is, of a real access log."""

import csv
import gzip
import os
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
import segments
from footfall import ROOT, Project
from growth import Hit, Origins, Session, credits, sessions_of, touches_by_person, weights
from segments import days_of, is_product, is_purchase, local_date, stretches
from sessionizer import first_column, instant

REAL = Path(os.environ.get("SHARED", ROOT.parent / "shared")) / "data/elastic_apache"
ZONE = ZoneInfo("Europe/Berlin")
MODELS = first_column(ROOT / "seeds/attribution_models.csv") - {"attribution_model"}
GOALS = """\
form,form_submission,,shop,,,,,,session,5,EUR,,
guide,download,brewing-guide.pdf,,,,,,,person,,,,
product,page_view,,,/product/,,,60,3,session,,,,2
long,,,,,,,600,,hit,,,,
dear,purchase,,,,,60,,,hit,,,,
"""
TARGETS = """\
2026-03-01,shop,sessions,,2000
2026-04-01,shop,conversions,,5
2026-05-01,shop,sessions,,900
2026-05-01,shop,users,,700
2026-05-01,shop,conversions,form,10
2026-05-01,shop,revenue,,100000
"""
SEGMENTS = """\
everybody,Everybody,person,false
away,Silent for 20 days or a buyer,person,false
"""
CONDITIONS = """\
away,1,1,1,true,,,,,,hits,at least,1,,20,
away,1,2,1,false,,,,,purchase,,,,,,
"""
COSTS = """\
2026-03-03,shop,Google,CPC,brand,10.50,EUR,7,300
2026-03-03,shop,google,cpc,brand,1.25,,1,
2026-03-04,shop,google,cpc,brnad,3,EUR,2,
"""

ANNOTATIONS = """\
2026-04-03,2026-04-06,,holiday,Easter,true
2026-04-20,,shop,release,New checkout,
"""

# So strict that many dates of the sample match.
ALERT_RULES = """\
any users,users,,,all,,,,5,5,0.5,5,true
any ids,hits_with_user,hits,,all,,,,10,,0.5,100,true
"""


def shop_hits() -> list[Hit]:
    placeholders, hits = first_column(ROOT / "seeds/placeholder_ids.csv"), {}
    rows: list[dict[str, str]] = []
    for path in sorted((ROOT / "data/hits").glob("*.csv.gz")):
        with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
            rows += csv.DictReader(file)
    for row in sorted(rows, key=lambda row: row["loaded_at"]):
        visitor, at = row["visitor_id"], instant(row["event_at"])
        good = visitor and visitor.lower() not in placeholders and at
        if good and re.fullmatch(r"[\d.]*", row["value"]):
            hit: Hit = {name: value or None for name, value in row.items()}
            user = row["user_id"] if row["user_id"].lower() not in placeholders else None
            hits.setdefault(row["hit_id"], hit | {"event_at": at, "user_id": user or None})
    return list(hits.values())


def real_hits() -> list[Hit]:
    if not REAL.is_dir():
        return []
    found = duckdb.sql(f"""
        select
            hit_id, visitor_id, event_at::timestamp as event_at, page_url, utm_source,
            if(is_page_view, 'page_view', 'custom') as hit_type, referrer as referrer_url,
            utm_medium, utm_campaign, user_agent
        from '{REAL}/canonical.parquet'
    """)
    nothing = {"site_id": "real", "user_id": None, "hit_name": None, "value": None}
    return [
        dict(zip(found.columns, row, strict=True))
        | nothing
        | {"event_at": row[2].replace(tzinfo=UTC), "loaded_at": row[2].isoformat()}
        for row in found.fetchall()
    ]


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    shutil.copytree(ROOT / "data/hits", project.root / "data/hits")
    project.env["FOOTFALL_HITS"] = "data/hits/*"
    if hits := real_hits():
        project.hits("data/hits/real.csv", hits)
    for name, rows in [
        ("goals", GOALS),
        ("campaign_costs", COSTS),
        ("targets", TARGETS),
        ("annotations", ANNOTATIONS),
        ("segments", SEGMENTS),
        ("segment_conditions", CONDITIONS),
        ("alert_rules", ALERT_RULES),
    ]:
        with (project.root / f"seeds/{name}.csv").open("a") as file:
            file.write(rows)
    marts = ["attributed_conversions", "campaign_performance", "goal_progress", "sessions"]
    marts += ["daily_segments", "segment_members", "segment_overlaps"]
    marts += ["calendar", "period_trends", "metric_alerts"]
    project.build("--select", *(f"+{mart}" for mart in marts))
    return project


@pytest.fixture(scope="module")
def sessions(project: Project) -> list[Session]:
    """The sessions but for those of bots, whose list is not checked here."""
    found = sessions_of([*shop_hits(), *real_hits()], Origins(ROOT / "seeds"))
    bots = dict(project.query("select session_id, is_bot from marts.sessions"))
    assert len(bots) == len(found)
    return [session for session in found if not bots[session.hits[0]["hit_id"]]]


Conversion = tuple[Session, Hit | None, datetime, Decimal]


@pytest.fixture(scope="module")
def conversions(sessions: list[Session]) -> dict[tuple[str, str], Conversion]:
    """By goal, and hit or session."""
    found: dict[tuple[str, str], Conversion] = {}
    guides: set[str] = set()
    for session in sessions:
        first, last = session.hits[0], session.hits[-1]
        seconds = (last["event_at"] - first["event_at"]).total_seconds()  # type: ignore[operator]
        views = sum(hit["hit_type"] == "page_view" for hit in session.hits)

        def add(goal: str, hit: Hit | None, value: Any, session: Session = session) -> None:
            what, last = hit or session.hits[0], session.hits[-1]
            at = (hit or last)["event_at"]
            assert isinstance(at, datetime)
            found[goal, str(what["hit_id"])] = session, hit, at, Decimal(value or 0)

        once: dict[str, Hit] = {}
        for hit in session.hits:
            if hit["hit_type"] == "purchase":
                add("purchase", hit, hit["value"])
                if Decimal(str(hit["value"] or 0)) >= 60:
                    add("dear", hit, hit["value"])
            if hit["hit_type"] == "form_submission" and hit["site_id"] == "shop":
                once.setdefault("form", hit)
            if hit["hit_name"] == "brewing-guide.pdf":
                once.setdefault("guide", hit)
            if hit["hit_type"] == "page_view" and "/product/" in str(hit["page_url"]):
                once.setdefault("product", hit)
        if "form" in once:
            add("form", once["form"], 5)
        if "guide" in once and session.person not in guides:
            guides.add(session.person)
            add("guide", once["guide"], None)
        if "product" in once and seconds >= 60 and views >= 3:
            add("product", once["product"], None)
        if seconds >= 600:
            add("long", None, None)
    assert {goal for goal, _ in found} == {"purchase", "form", "guide", "product", "long", "dear"}
    return found


def test_conversions_are_those_of_plain_python(
    project: Project, conversions: dict[tuple[str, str], Conversion]
) -> None:
    found = project.query("""
        select
            goal_id, coalesce(hit_id, session_id), session_id, person_id, converted_at,
            coalesce(reporting_value, 0), coalesce(revenue, 0)
        from marts.conversions
    """)
    assert {row[:2]: row[2:] for row in found} == {
        key: (
            session.hits[0]["hit_id"],
            session.person,
            at.replace(tzinfo=None),
            value,
            value if key[0] == "purchase" else 0,
        )
        for key, (session, _, at, value) in conversions.items()
    }


def test_the_two_conversion_rates_are_those_of_plain_python(
    project: Project, sessions: list[Session], conversions: dict[tuple[str, str], Conversion]
) -> None:
    converting = {
        str(s.hits[0]["hit_id"]) for (goal, _), (s, *_) in conversions.items() if goal == "form"
    }
    shop = [session for session in sessions if session.hits[0]["site_id"] == "shop"]
    found = project.query("""
        select sum(converting_sessions), sum(sessions), sum(conversions)
        from marts.daily_goals where goal_id = 'form' and site_id = 'shop'
    """)
    assert found == [(len(converting), len(shop), len(converting))]


def test_touches_are_those_of_plain_python(project: Project, sessions: list[Session]) -> None:
    found = project.query("""
        select session_id, touch_number, hit_id, person_id, source, medium, campaign
        from marts.touchpoints
    """)
    assert {row[:2]: row[2:] for row in found} == {
        (session.hits[0]["hit_id"], number): (hit["hit_id"], session.person, *origin)
        for session in sessions
        for number, (hit, origin) in enumerate(session.touches, 1)
    }
    assert max(row[1] for row in found) > 1


def test_a_direct_touch_counts_for_the_last_one_that_was_not(
    project: Project, sessions: list[Session]
) -> None:
    expected = {}
    for touches in touches_by_person(sessions).values():
        last = None
        for at, session, number, origin in touches:
            if origin[0] != "(direct)":
                last = at, origin
            within = last and at - last[0] <= timedelta(days=30)
            expected[session, number] = last[1] if last and within else origin
    found = project.query("""
        select
            session_id, touch_number, last_non_direct_source, last_non_direct_medium,
            last_non_direct_campaign
        from marts.touchpoints
    """)
    assert {row[:2]: row[2:] for row in found} == expected


@pytest.mark.parametrize("model", sorted(MODELS))
def test_credits_are_those_of_plain_python(
    project: Project,
    sessions: list[Session],
    conversions: dict[tuple[str, str], Conversion],
    model: str,
) -> None:
    touches = touches_by_person(sessions)
    expected = {}
    for (goal, what), (session, _, at, value) in conversions.items():
        days = timedelta(days=2 if goal == "product" else 90)
        name = session.hits[0]["hit_id"]
        path = [
            touch
            for touch in touches[session.person, session.hits[0]["site_id"]]
            if touch[0] <= at and (touch[1] == name or at - touch[0] <= days)
        ]
        parts = weights(model, [(touch[0], touch[3]) for touch in path], at)
        counts, values = credits(parts, Decimal(1), "0.000001"), credits(parts, value, "0.0001")
        for touch, part, count, share in zip(path, parts, counts, values, strict=True):
            if part:
                expected[goal, what, f"{touch[1]}-{touch[2]}"] = count, share
    found = project.query(f"""
        select
            conversions.goal_id, coalesce(conversions.hit_id, conversions.session_id),
            touchpoint_id, credited_conversions, credited_value
        from marts.attributed_conversions
        inner join marts.conversions using (conversion_id)
        where attribution_model = '{model}'
    """)
    assert {row[:3] for row in found} == expected.keys()
    # Of a share that ends in half a digit, the last digit may go either way.
    for *key, count, share in found:
        exact_count, exact_share = expected[tuple(key)]
        assert abs(count - exact_count) <= Decimal("0.000001"), key
        assert abs(share - exact_share) <= Decimal("0.0001"), key
    assert sum(row[3] for row in found) == len(conversions)
    assert sum(row[4] for row in found) == sum(value for *_, value in conversions.values())


def test_campaigns_have_their_sessions_beside_their_costs(
    project: Project, sessions: list[Session]
) -> None:
    found = project.query("""
        select performance_date::varchar, campaign, cost, clicks, has_traffic, sessions
        from marts.campaign_performance where has_cost order by all
    """)
    brand = Counter(
        session.hits[0]["event_at"].astimezone(ZONE).date().isoformat()  # type: ignore[attr-defined]
        for session in sessions
        if session.touches[0][1] == ("google", "cpc", "brand")
    )
    assert brand["2026-03-03"] > 0
    assert found == [
        ("2026-03-03", "brand", Decimal("11.75"), 8, True, brand["2026-03-03"]),
        ("2026-03-04", "brnad", Decimal("3"), 2, False, 0),
    ]
    traffic = project.query("""
        select performance_date, site_id, source, medium, campaign, sessions, users
        from marts.campaign_performance where has_traffic
    """)
    persons = defaultdict(list)
    for session in sessions:
        first = session.hits[0]
        zone = ZONE if first["site_id"] == "shop" else UTC
        day = first["event_at"].astimezone(zone).date()  # type: ignore[attr-defined]
        persons[day, first["site_id"], *session.touches[0][1]].append(session.person)
    assert {row[:5]: row[5:] for row in traffic} == {
        key: (len(found), len(set(found))) for key, found in persons.items()
    }


def test_progress_is_that_of_plain_python(
    project: Project, sessions: list[Session], conversions: dict[tuple[str, str], Conversion]
) -> None:
    def day_of(at: Any) -> date:
        return at.astimezone(ZONE).date()

    loaded = max(str(hit["loaded_at"]) for hit in shop_hits())[:10]
    users: dict[date, set[str]] = defaultdict(set)
    amounts: dict[str, Counter[date]] = defaultdict(Counter)
    for session in sessions:
        if session.hits[0]["site_id"] == "shop":
            amounts["sessions"][day_of(session.hits[0]["event_at"])] += 1
            for hit in session.hits:
                users[day_of(hit["event_at"])].add(session.person)
    for (goal, _), (session, _, _, value) in conversions.items():
        if session.hits[0]["site_id"] == "shop":
            day = day_of(session.hits[0]["event_at"])
            amounts["conversions"][day] += 1
            amounts["conversions of form"][day] += goal == "form"
            amounts["revenue"][day] += value if goal == "purchase" else 0  # type: ignore[assignment]
    amounts["users"] = Counter({day: len(persons) for day, persons in users.items()})
    today = max(day for day in users if day.isoformat() <= loaded)

    expected = {}
    for line in TARGETS.splitlines():
        month, _, metric, goal, target = line.split(",")
        start = date.fromisoformat(month)
        days = [start + timedelta(days=on) for on in range(31)]
        days = [day for day in days if day.month == start.month]
        by_day = amounts[f"{metric} of {goal}" if goal else metric]
        window = [today - timedelta(days=on) for on in range(1, 29)]
        usual: dict[int, Fraction] = {}
        for weekday in range(7):
            known = [day for day in window if day.weekday() == weekday and day >= min(users)]
            usual[weekday] = Fraction(sum(by_day[day] for day in known)) / len(known)
        ahead = [max(Fraction(by_day[day]), usual[day.weekday()]) for day in days if day == today]
        ahead += [usual[day.weekday()] for day in days if day > today]
        past = sum(Fraction(by_day[day]) for day in days if day < today)
        actual = sum(Fraction(by_day[day]) for day in days if day <= today)
        forecast = past + sum(ahead)
        if metric == "users":
            persons = len(set().union(*(users[day] for day in days if day <= today)))
            actual, forecast = Fraction(persons), persons * forecast / actual
        due = sum(usual[day.weekday()] for day in days if day <= today)
        due /= sum(usual[day.weekday()] for day in days)
        expected[start, metric] = float(int(target) * due), float(actual), float(forecast)
    found = project.query("""
        select month_start, metric, target_to_date, actual, forecast, is_on_track, target
        from marts.goal_progress
    """)
    assert {row[:2] for row in found} == expected.keys()
    for *key, due, actual, forecast, is_on_track, target in found:
        figures = tuple(map(float, (due, actual, forecast)))
        assert figures == pytest.approx(expected[tuple(key)], abs=0.011), key
        assert is_on_track == (forecast >= target)
    assert {row[5] for row in found} == {True, False}


Span = tuple[str, date]


def spans_of(day: date) -> list[Span]:
    """The day, the week and the month that a date is in."""
    return [
        ("day", day),
        ("week", day - timedelta(days=day.weekday())),
        ("month", day.replace(day=1)),
    ]


def last_day(span: Span) -> date:
    period, start = span
    days = {"day": 0, "week": 6, "month": 31}[period]
    end = start + timedelta(days=days)
    return end if period != "month" else end.replace(day=1) - timedelta(days=1)


def before(span: Span, comparison: str) -> Span | None:
    """The period that one is compared with."""
    period, start = span
    if period == "month":
        months = {"previous": 1, "year before": 12}.get(comparison, 0)
        number = start.year * 12 + start.month - 1 - months
        return ("month", date(number // 12, number % 12 + 1, 1)) if months else None
    days = {"previous": 1 if period == "day" else 7, "week before": 7, "year before": 364}
    return period, start - timedelta(days=days[comparison])


def test_trends_are_those_of_plain_python(project: Project, sessions: list[Session]) -> None:
    users: dict[str, dict[Span, set[str]]] = defaultdict(lambda: defaultdict(set))
    starts: dict[str, Counter[Span]] = defaultdict(Counter)
    firsts: dict[str, date] = {}
    for session in sessions:
        site = str(session.hits[0]["site_id"])
        zone = ZONE if site == "shop" else UTC
        days = [hit["event_at"].astimezone(zone).date() for hit in session.hits]  # type: ignore[attr-defined]
        for scope in (site, "(all)"):
            for span in spans_of(days[0]):
                starts[scope][span] += 1
            for span in {span for day in days for span in spans_of(day)}:
                users[scope][span].add(session.person)
        firsts[session.person] = min(firsts.get(session.person, days[0]), days[0])
    loaded = date.fromisoformat(max(str(hit["loaded_at"]) for hit in shop_hits())[:10])
    today = max(day for kind, day in users["(all)"] if kind == "day" and day <= loaded)
    # Midnight of the last load is the day before in New York, where the blog would be.
    over = today if today < loaded - timedelta(days=1) else today - timedelta(days=1)

    notes = {date(2026, 4, day): ["Easter"] for day in (3, 4, 5, 6)}
    expected = {}
    for site, periods in users.items():
        first = min(day for kind, day in periods if kind == "day")
        own = notes if site == "real" else notes | {date(2026, 4, 20): ["New checkout"]}
        compared = ("previous", "week before", "year before")
        for day in (first + timedelta(days=on) for on in range((today - first).days + 1)):
            for span in spans_of(day):
                others = [before(span, comparison) for comparison in compared]
                recorded = [other if other and other[1] >= first else None for other in others]
                recent: dict[int, int | None] = {7: None, 28: None}
                if span[0] == "day":
                    for width in recent:
                        window = [("day", day - timedelta(days=on)) for on in range(width)]
                        recent[width] = len(set().union(*(periods.get(on, set()) for on in window)))
                if not (recent[28] or any(map(periods.get, filter(None, (span, *others))))):
                    continue
                end, persons = last_day(span), periods.get(span, set())
                dates = [span[1] + timedelta(days=on) for on in range((end - span[1]).days + 1)]
                texts = {text for date_ in dates for text in own.get(date_, [])}
                expected[site, span] = (
                    end,
                    len(dates),
                    len([date_ for date_ in dates if first <= date_ <= today]),
                    span[1] < first or end > over,
                    len(persons),
                    sum(span[1] <= firsts[person] <= end for person in persons),
                    starts[site][span],
                    sum(len(periods.get(("day", date_), ())) for date_ in dates),
                    recent[7],
                    recent[28],
                    *(other and len(periods.get(other, ())) for other in recorded),
                    *(other and starts[site][other] for other in recorded),
                    "; ".join(sorted(texts)) or None,
                )
    found = project.query("""
        select
            site_id, period, period_start, period_end, days, recorded_days, is_partial, users,
            new_users, sessions, user_days, users_7_days, users_28_days, previous_users,
            week_before_users, year_before_users, previous_sessions, week_before_sessions,
            year_before_sessions, annotations
        from marts.period_trends where dimension = 'all'
    """)
    figures = {(site, (period, start)): row for site, period, start, *row in map(tuple, found)}
    assert {key: tuple(row) for key, row in figures.items()} == expected
    assert {row[3] for row in figures.values()} == {True, False}
    assert figures["shop", ("day", date(2026, 4, 20))][-1] == "New checkout"


def in_segments(sessions: list[Session]) -> dict[str, list[tuple[date, Session, list[Hit]]]]:
    """Of each segment the dates, sessions and hits that are in it."""
    found: dict[str, list[tuple[date, Session, list[Hit]]]] = defaultdict(list)
    for days in days_of(sessions).values():
        stays = {name: list(stretches(days, holds)) for name, holds in segments.PERSONS.items()}
        for day, session, hits in days:
            for name, times in stays.items():
                if any(start <= day and (end is None or day < end) for start, end in times):
                    found[name].append((day, session, hits))
            views = [hit for hit in hits if is_product(hit)]
            if views:
                found["product_views"].append((day, session, views))
            if any(map(is_product, session.hits)) and not any(map(is_purchase, session.hits)):
                found["product_not_bought"].append((day, session, hits))
    return found


def test_persons_enter_and_leave_segments_as_in_plain_python(
    project: Project, sessions: list[Session]
) -> None:
    found = project.query("""
        select segment_id, person_id, entered_date, left_date from marts.segment_members
        where session_id is null
    """)
    expected = {
        (name, person, *stay)
        for person, days in days_of(sessions).items()
        for name, holds in segments.PERSONS.items()
        for stay in stretches(days, holds)
    }
    assert len(found) == len(expected)
    assert set(found) == expected
    assert {name for name, *_ in expected} == set(segments.PERSONS)


def test_figures_of_segments_are_those_of_plain_python(
    project: Project, sessions: list[Session]
) -> None:
    first_dates = {
        person: min(day for day, _, _ in days) for person, days in days_of(sessions).items()
    }
    expected = {}
    for name, days in in_segments(sessions).items():
        # A session counts on its first date in a segment of hits, else where it starts.
        first: dict[str, date] = {}
        for day, session, _ in sorted(days, key=lambda row: row[0]):
            key = str(session.hits[0]["hit_id"])
            start = day if name == "product_views" else local_date(session.hits[0])
            first.setdefault(key, start)
        cells: dict[tuple[date, str], list[tuple[Session, list[Hit]]]] = defaultdict(list)
        for day, session, hits in days:
            for site in ("(all)", str(session.hits[0]["site_id"])):
                cells[day, site].append((session, hits))
        for (day, site), rows in cells.items():
            persons = {session.person for session, _ in rows}
            starting = [s for s, _ in rows if first[str(s.hits[0]["hit_id"])] == day]
            expected[name, day, site] = (
                len(persons),
                sum(first_dates[person] == day for person in persons),
                len(starting),
                sum(hit["hit_type"] == "page_view" for _, hits in rows for hit in hits),
                sum(
                    Decimal(str(hit["value"] or 0))
                    for session in starting
                    for hit in session.hits
                    if is_purchase(hit)
                ),
            )
    found = project.query("""
        select
            segment_id, segment_date, site_id, users, new_users, sessions, page_views, revenue
        from marts.daily_segments where users > 0 and segment_id != 'mobile_search'
    """)
    assert {row[:3]: row[3:] for row in found} == expected


def test_everybody_is_a_segment_with_the_figures_of_all(project: Project) -> None:
    found = project.query("""
        select
            segment_date, site_id, users, new_users, sessions
        from marts.daily_segments where users > 0 and segment_id = 'everybody'
    """)
    assert found
    assert set(found) == set(
        project.query("""
        select period_start, site_id, users, new_users, sessions from marts.daily_users
        where users > 0 and dimension = 'all'
    """)
    )


def test_the_size_of_a_segment_and_its_overlaps_equal_a_direct_count(project: Project) -> None:
    assert (
        project.query("""
        select segment_id, segment_date, members from marts.daily_segments
        where members is not null and members != (
            select count(*) from marts.segment_members
            where
                segment_members.segment_id = daily_segments.segment_id
                and entered_date <= segment_date
                and (left_date is null or left_date > segment_date)
        )
    """)
        == []
    )
    active = """
        select distinct members.segment_id, person_id, date_trunc('month', active_date) as month
        from intermediate.int_user_days
        inner join (select * from marts.segment_members where session_id is null) as members
            using (person_id)
        where active_date >= entered_date and (left_date is null or active_date < left_date)
    """
    overlaps = project.query(f"""
        with active as ({active})
        select one.month::date, one.segment_id, other.segment_id, count(*)
        from active as one inner join active as other using (person_id, month) group by 1, 2, 3
    """)
    persons = ", ".join(f"'{name}'" for name in segments.PERSONS)
    assert set(overlaps) == set(
        project.query(f"""
        select * from marts.segment_overlaps
        where segment_id in ({persons}) and other_segment_id in ({persons})
    """)
    )
    assert project.query("""
        select count(*) from marts.segment_members
        inner join marts.sessions using (session_id)
        where segment_id = 'mobile_search'
    """) == project.query("""
        select count(*) from marts.sessions
        where
            is_counted and channel in ('Organic Search', 'Paid Search')
            and device_type in ('mobile', 'tablet')
    """)


def test_alerts_are_those_of_plain_python(project: Project, sessions: list[Session]) -> None:
    def day_of(hit: Hit) -> date:
        return hit["event_at"].astimezone(ZONE).date()  # type: ignore[attr-defined,no-any-return]

    users: dict[date, set[str]] = defaultdict(set)
    for session in sessions:
        if session.hits[0]["site_id"] == "shop":
            for hit in session.hits:
                users[day_of(hit)].add(session.person)
    hits = [hit for hit in shop_hits() if hit["site_id"] == "shop"]
    counts = Counter(map(day_of, hits))
    ids = Counter(day_of(hit) for hit in hits if hit["user_id"])
    loaded = date.fromisoformat(max(str(hit["loaded_at"]) for hit in hits)[:10])
    last = max(day for day in users if day <= loaded)
    last -= timedelta(days=last >= loaded - timedelta(days=1))
    unusual = {date(2026, 4, day) for day in (3, 4, 5, 6)}

    def usual(figure: Callable[[date], float], day: date) -> tuple[float, float] | None:
        before = [day - timedelta(weeks=weeks) for weeks in range(1, 9)]
        known = [figure(day) for day in before if day >= min(users) and day not in unusual]
        middle = median(known) if known else 0.0
        return (middle, median(abs(x - middle) for x in known)) if len(known) >= 4 else None

    expected = {}
    for number in range((last - min(users)).days + 1):
        day = min(users) + timedelta(days=number)
        for rule, least, change, amount, found in [
            ("any users", 5, 0.05, len(users[day]), usual(lambda on: float(len(users[on])), day)),
            ("any ids", 0, 0.1, ids[day], usual(lambda on: ids[on] / counts[on], day)),
        ]:
            if not found:
                continue
            whole = counts[day] if rule == "any ids" else 1
            middle, distance = found[0] * whole, found[1] * whole
            deviation = (amount - middle) / max(1.4826 * distance, middle**0.5, 1)
            has_changed = amount <= middle * (1 - change)
            has_changed |= rule == "any users" and amount >= middle * (1 + change)
            is_large = middle >= least if rule == "any users" else whole >= 100
            if abs(deviation) >= 0.5 and has_changed and is_large:
                expected[rule, day] = amount, round(middle, 4), round(deviation, 2)
    rows = project.query("""
        select alert_rule, alert_date, amount, usual_amount, deviations, sentence, is_latest
        from marts.metric_alerts where site_id = 'shop' and alert_rule like 'any %'
    """)
    assert {row[:2] for row in rows} == expected.keys()
    assert len({row[0] for row in rows}) == 2
    for rule, day, *figures, sentence, is_latest in rows:
        assert [float(figure) for figure in figures] == pytest.approx(
            expected[rule, day], abs=0.011
        ), (rule, day)
        assert is_latest == (day == last)
        assert (". Noted: " in sentence) == (day in unusual or day == date(2026, 4, 20))
        if rule == "any users":
            amount, middle, _ = expected[rule, day]
            words = "below" if amount < middle else "above"
            percent = round(100 * abs(amount / middle - 1))
            assert sentence.startswith(f"shop: users {percent}% {words} the usual {day:%A} (")
