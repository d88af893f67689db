"""The sample input: made the same every time, built into every mart, and with the
figures that plain Python finds in it."""

import csv
import gzip
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from footfall import ROOT, Checksums, Project
from sessionizer import (
    Days,
    Hit,
    PageView,
    Session,
    cut_sessions,
    dates_of,
    first_column,
    page_of,
    page_views,
    read_blog,
    read_shop,
    user_days,
    users_of,
)

DATA = ROOT / "data"
SITES = ["shop", "blog", "(all)"]


def unpacked(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): gzip.decompress(path.read_bytes())
        for name in ("hits", "access_logs")
        for path in (folder / name).rglob("*.gz")
    }


def test_the_script_makes_the_sample_that_is_there(tmp_path: Path) -> None:
    script = ROOT / "scripts/make_sample.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)
    assert unpacked(tmp_path) == unpacked(DATA)


def test_the_sample_is_small() -> None:
    files = [path for path in DATA.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 3_000_000


# What is built


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    shutil.copytree(DATA, project.root / "data")
    project.build()
    return project


@pytest.fixture(scope="module")
def built_twice(project: Project) -> tuple[Checksums, Checksums]:
    before = project.checksums()
    project.build()
    return before, project.checksums()


# No target is set in seeds/targets.csv, and plain hits and logs name no session of a tool.
EMPTY_ON_THE_SAMPLE = {"goal_progress", "session_agreement"}


def test_every_mart_has_rows(built_twice: tuple[Checksums, Checksums]) -> None:
    once, _ = built_twice
    assert len(once) >= 9
    assert {mart for mart, (rows, _) in once.items() if rows == 0} == EMPTY_ON_THE_SAMPLE


def test_a_second_build_changes_nothing(
    built_twice: tuple[Checksums, Checksums],
) -> None:
    once, twice = built_twice
    assert twice == once


def test_a_format_that_is_not_named_is_no_part_of_the_run(project: Project) -> None:
    name = "target/compiled/footfall/models/intermediate/int_hit_deliveries.sql"
    sql = (project.root / name).read_text()
    assert "stg_plain__hits" in sql
    assert "snowplow" not in sql


# What the figures must be

PLAIN = read_shop(DATA / "hits", first_column(ROOT / "seeds/placeholder_ids.csv"))
LOG = read_blog(
    DATA / "access_logs/blog.access.log.gz",
    first_column(ROOT / "seeds/static_files.csv"),
)
SESSIONS = cut_sessions([*PLAIN.hits.values(), *LOG.hits.values()])


@pytest.fixture(scope="module")
def counted(project: Project) -> list[Session]:
    """The sessions but for those of bots, whose list is not checked here."""
    bots = dict(project.query("select session_id, is_bot from marts.sessions"))
    counted = [session for session in SESSIONS if not bots[session.id]]
    assert len(SESSIONS) > len(counted) > 0.5 * len(SESSIONS)
    return counted


@pytest.fixture(scope="module")
def days(counted: list[Session]) -> Days:
    return user_days(counted)


def test_raw_rows_are_accepted_duplicate_or_rejected(project: Project) -> None:
    found = project.query("""
        select
            format, sum(raw_rows), sum(accepted_hits), sum(duplicate_hits),
            sum(rejected_hits)
        from marts.hit_reconciliation group by 1 order by 1
    """)
    assert found == [("access_logs", *LOG.outcomes), ("plain", *PLAIN.outcomes)]


def test_sessions_are_those_of_plain_python(project: Project) -> None:
    found = project.query("""
        select
            session_id, site_id, visitor_id, user_id, person_id, session_date,
            started_at, ended_at, cast(duration_seconds as double), hits, page_views,
            clicks, form_submissions, is_engaged, is_bounce, landing_page_url,
            exit_page_url
        from marts.sessions
    """)
    assert {row[0]: row[1:] for row in found} == {
        session.id: session_row(session) for session in SESSIONS
    }


def session_row(session: Session) -> tuple[Any, ...]:
    first, last, views = session.hits[0], session.hits[-1], session.page_views
    return (
        first.site,
        first.visitor,
        session.user,
        session.person,
        first.date,
        first.at.replace(tzinfo=None),
        last.at.replace(tzinfo=None),
        session.seconds,
        len(session.hits),
        len(views),
        session.count("click"),
        session.count("form_submission"),
        session.is_engaged,
        not session.is_engaged,
        views[0].page_url if views else None,
        views[-1].page_url if views else None,
    )


def test_user_days_are_those_of_plain_python(project: Project, days: Days) -> None:
    found = project.query("""
        select person_id, site_id, active_date, hits, page_views, sessions, is_new
        from marts.user_days
    """)
    assert {row[:3]: row[3:] for row in found} == {
        key: tuple(vars(day).values()) for key, day in days.items()
    }


def test_users_are_those_of_plain_python(project: Project, counted: list[Session]) -> None:
    found = project.query("""
        select
            person_id, sessions, page_views, active_days, visitors,
            first_seen_at, last_seen_at
        from marts.users
    """)
    sessions_of = defaultdict(list)
    for session in counted:
        sessions_of[session.person].append(session)
    expected = {}
    for person, sessions in sessions_of.items():
        hits = [hit for session in sessions for hit in session.hits]
        expected[person] = (
            len(sessions),
            sum(hit.hit_type == "page_view" for hit in hits),
            len({hit.date for hit in hits}),
            len({hit.visitor for hit in hits}),
            min(hit.at for hit in hits).replace(tzinfo=None),
            max(hit.at for hit in hits).replace(tzinfo=None),
        )
    assert {row[0]: row[1:] for row in found} == expected


def test_daily_sessions_are_those_of_plain_python(project: Project, counted: list[Session]) -> None:
    found = project.query("""
        select
            session_date, site_id, sum(sessions), sum(engaged_sessions), sum(hits),
            sum(page_views), sum(conversions), sum(measured_sessions)
        from marts.daily_sessions group by 1, 2
    """)
    expected: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0] * 6)
    for session in counted:
        figures = [
            1,
            session.is_engaged,
            len(session.hits),
            len(session.page_views),
            session.count("purchase"),
            len(session.hits) > 1,
        ]
        key = session.hits[0].date, session.hits[0].site
        expected[key] = [a + b for a, b in zip(expected[key], figures, strict=True)]
    assert {row[:2]: list(row[2:]) for row in found} == expected


# What people looked at

DROPPED_PARAMETERS = first_column(ROOT / "seeds/page_parameters.csv")


@pytest.fixture(scope="module")
def views(counted: list[Session]) -> list[PageView]:
    return page_views(counted, DROPPED_PARAMETERS)


def test_page_views_are_those_of_plain_python(project: Project, views: list[PageView]) -> None:
    found = project.query("""
        select
            session_id, page_view_number, hit_id, person_id, page_url, previous_page_url,
            next_page_url, cast(time_on_page_seconds as double), time_on_page_source,
            is_entrance, is_exit, view_date, viewed_at
        from marts.page_views
    """)
    assert {row[:2]: row[2:] for row in found} == {
        (view.session.id, view.number): (
            view.hit.hit_id,
            view.session.person,
            view.page or "(not set)",
            view.previous,
            view.next,
            view.seconds,
            "unknown" if view.is_exit else "next view",
            view.is_entrance,
            view.is_exit,
            view.hit.date,
            view.hit.at.replace(tzinfo=None),
        )
        for view in views
    }


def test_daily_pages_are_those_of_plain_python(project: Project, views: list[PageView]) -> None:
    found = project.query("""
        select
            view_date, site_id, page_url, page_views, sessions, entrances, exits, bounces,
            timed_page_views, cast(time_on_page_seconds as double)
        from marts.daily_pages
    """)
    expected: dict[Any, list[float]] = defaultdict(lambda: [0] * 6)
    sessions: dict[Any, set[str]] = defaultdict(set)
    for view in views:
        key = view.hit.date, view.hit.site, view.page or "(not set)"
        sessions[key].add(view.session.id)
        is_bounce = view.is_entrance and not view.session.is_engaged
        figures = [
            1,
            view.is_entrance,
            view.is_exit,
            is_bounce,
            view.seconds is not None,
            view.seconds or 0,
        ]
        expected[key] = [a + b for a, b in zip(expected[key], figures, strict=True)]
    assert {row[:3]: row[3:9] for row in found} == {
        key: (figures[0], len(sessions[key]), *figures[1:5]) for key, figures in expected.items()
    }
    assert all(row[9] == pytest.approx(expected[row[:3]][5]) for row in found)


def test_transitions_and_paths_are_those_of_plain_python(
    project: Project, views: list[PageView]
) -> None:
    steps: Counter[Any] = Counter()
    pages: dict[Any, list[str | None]] = defaultdict(list)
    for view in views:
        day, page = (view.hit.date, view.hit.site), view.page or "(not set)"
        steps[*day, page, "(exit)" if view.is_exit else view.next or "(not set)"] += 1
        if view.is_entrance:
            steps[*day, "(entrance)", page] += 1
        start = view.session.page_views[0]
        pages[start.date, start.site, view.session.id].append(view.page)
    paths = Counter((*key[:2], *[*path, *[None] * 5][:5]) for key, path in pages.items())
    found = project.query("from marts.page_transitions")
    assert {row[:4]: row[4] for row in found} == steps
    found = project.query("from marts.page_paths")
    assert {row[:7]: row[7] for row in found} == paths


def test_events_and_hours_are_those_of_plain_python(
    project: Project, counted: list[Session]
) -> None:
    events: Counter[Any] = Counter()
    sessions: dict[Any, set[str]] = defaultdict(set)
    hours: Counter[Any] = Counter()
    starts: Counter[Any] = Counter()
    for session in counted:
        first = session.hits[0]
        starts[first.date, first.site, first.local.hour] += 1
        for hit in session.hits:
            hours[hit.date, hit.site, hit.local.hour] += 1
            # What a log line is that is no page view, is not told apart here.
            if hit.hit_type != "page_view" and hit.site == "shop":
                page = page_of(hit.page_url, DROPPED_PARAMETERS) or "(not set)"
                key = hit.date, hit.site, hit.hit_type, hit.hit_name, page
                events[key] += 1
                sessions[key].add(session.id)
    found = project.query("""
        select event_date, site_id, hit_type, hit_name, page_url, hits, sessions
        from marts.daily_events where site_id = 'shop'
    """)
    assert {row[:5]: row[5:] for row in found} == {
        key: (hits, len(sessions[key])) for key, hits in events.items()
    }
    found = project.query("""
        select active_date, site_id, active_hour, hits, sessions from marts.hourly_activity
    """)
    assert {row[:3]: row[3:] for row in found} == {
        key: (hits, starts[key]) for key, hits in hours.items()
    }


def period_of(day: date, grain: str) -> tuple[date, date]:
    """The first and the last date of a day's period."""
    if grain == "daily":
        return day, day
    if grain == "weekly":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("grain", ["daily", "weekly", "monthly"])
def test_users_of_a_period_are_those_of_plain_python(
    project: Project, days: Days, grain: str, site: str
) -> None:
    found = project.query(f"""
        select period_start, users, new_users, sessions from marts.{grain}_users
        where site_id = '{site}' and dimension = 'all' and users > 0
    """)
    active = {day for _, of_site, day in days if site in (of_site, "(all)")}
    periods = {period_of(day, grain) for day in active}
    assert {row[0]: row[1:] for row in found} == {
        first: users_of(days, first, last, site) for first, last in periods
    }


@pytest.mark.parametrize("site", SITES)
def test_users_of_7_and_28_days_are_those_of_plain_python(
    project: Project, days: Days, site: str
) -> None:
    found = project.query(f"""
        select period_start, users_7_days, users_28_days from marts.daily_users
        where site_id = '{site}' and dimension = 'all'
    """)
    active = {day for _, of_site, day in days if site in (of_site, "(all)")}
    last = max(day for _, _, day in days)
    shown = {day + timedelta(days=on) for day in active for on in range(28)}
    assert {row[0]: row[1:] for row in found} == {
        day: tuple(
            users_of(days, day - timedelta(days=length - 1), day, site)[0] for length in (7, 28)
        )
        for day in shown
        if day <= last
    }


# Who comes back


def read_seed(name: str) -> list[dict[str, str]]:
    with (ROOT / f"seeds/{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def present(dates: dict[str, list[date]]) -> date:
    """The last date; one hit of the sample is from 2031."""
    return max(day for days in dates.values() for day in days if day.year < 2031)


def test_lifecycle_is_that_of_plain_python(project: Project, counted: list[Session]) -> None:
    found = project.query("""
        select active_date, new_users, current_users, resurrected_users, dormant_users
        from marts.daily_lifecycle where site_id = '(all)' and dimension = 'all'
    """)
    dates = dates_of(counted)
    last = present(dates)
    expected: dict[date, list[int]] = defaultdict(lambda: [0] * 4)
    window = timedelta(days=28)
    for days in dates.values():
        for place, day in enumerate(days):
            before = days[place - 1] if place else None
            after = days[place + 1] if place + 1 < len(days) else date.max
            if before is None:
                expected[day][0] += 1
            elif before < day - window:
                expected[day][2] += 1
            else:
                expected[day][1] += 1
            for on in range(1, min((after - day).days, 28)):
                expected[day + timedelta(days=on)][1] += 1
            if after > day + window:
                expected[day + window][3] += 1
    assert {row[0]: list(row[1:]) for row in found} == {
        day: figures for day, figures in expected.items() if day <= last
    }


@pytest.mark.parametrize("start", ["first visit", "first conversion"])
def test_retention_is_that_of_plain_python(
    project: Project, counted: list[Session], start: str
) -> None:
    found = project.query(f"""
        select
            cohort_period, cohort_start, period, period_number, sum(users),
            sum(retained_users), sum(users_on_or_after), sum(revenue)
        from marts.retention_cohorts where cohort_by = '{start}' group by 1, 2, 3, 4
    """)
    periods = [
        (row["period"], *map(int, list(row.values())[1:])) for row in read_seed("retention_periods")
    ]
    dates = dates_of(counted)
    last = present(dates)
    first = {person: days[0] for person, days in dates.items()}
    if start == "first conversion":
        first = {}
        for session in counted:
            if session.count("purchase"):
                first.setdefault(session.person, session.hits[0].date)
    revenue: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for session in counted:
        paid = sum(Decimal(hit.value) for hit in session.hits if hit.value)
        revenue[session.person, session.hits[0].date] += paid

    cohorts: dict[tuple[str, date, date], list[str]] = defaultdict(list)
    for person, day in first.items():
        for name, grain in [("week", "weekly"), ("month", "monthly")]:
            cohorts[name, *period_of(day, grain)].append(person)
    expected: dict[Any, Any] = {}
    for (name, begin, end), persons in cohorts.items():
        for period, number, since, until in periods:
            if begin + timedelta(days=since) > last:
                continue
            is_over = end + timedelta(days=until) <= last
            is_reached = end + timedelta(days=since) <= last
            stretches = {
                person: [first[person] + timedelta(days=on) for on in range(since, until + 1)]
                for person in persons
            }
            active = sum(any(d in dates[p] for d in days) for p, days in stretches.items())
            after = sum(dates[p][-1] >= days[0] for p, days in stretches.items())
            paid = sum(
                revenue[p, d] for p, days in stretches.items() for d in days if (p, d) in revenue
            )
            expected[name, begin, period, number] = (
                len(persons),
                active if is_over else None,
                after if is_reached else None,
                paid if is_over else None,
            )
    assert {row[:4]: row[4:] for row in found} == expected


# How far they get


def is_step(hit: Hit, rule: dict[str, str]) -> bool:
    page = (page_of(hit.page_url, DROPPED_PARAMETERS) or "").partition("?")[0]
    return (
        hit.hit_type == rule["hit_type"]
        and rule["hit_name"] in ("", hit.hit_name)
        and (not rule["page_pattern"] or bool(page))
        and re.search(rule["page_pattern"], page.partition("://")[2].lower()) is not None
    )


def steps_from(
    hits: list[Hit], entry: int, rules: list[dict[str, str]], strict: bool, until: datetime
) -> list[Hit]:
    """The hits that are the steps of a funnel, from the entry at a place on."""
    reached, place = [hits[entry]], entry
    for rule in rules[1:]:
        later = range(place + 1, min(place + 2, len(hits)) if strict else len(hits))
        found = next((at for at in later if is_step(hits[at], rule)), None)
        if found is None or hits[found].at > until:
            break
        reached.append(hits[found])
        place = found
    return reached


def test_funnels_are_those_of_plain_python(project: Project, counted: list[Session]) -> None:
    found = project.query("""
        select
            funnel_id, entry_date, site_id, step_number, users,
            cast(seconds_from_previous_step as double)
        from marts.funnel_steps
    """)
    hits_of = defaultdict(list)
    for session in counted:
        hits_of[session.person] += session.hits
    users: Counter[Any] = Counter()
    seconds: dict[Any, float] = defaultdict(float)
    for funnel in read_seed("funnels"):
        name, window = funnel["funnel_id"], timedelta(minutes=int(funnel["window_minutes"]))
        rules = [rule for rule in read_seed("funnel_step_rules") if rule["funnel_id"] == name]
        types = {rule["hit_type"] for rule in rules}
        for all_hits in hits_of.values():
            hits = [hit for hit in all_hits if hit.hit_type in types]
            hits.sort(key=lambda hit: (hit.at, hit.hit_id))
            best: dict[date, list[Hit]] = {}
            for place, hit in enumerate(hits):
                if is_step(hit, rules[0]):
                    is_strict = funnel["is_strict"] == "true"
                    steps = steps_from(hits, place, rules, is_strict, hit.at + window)
                    if len(steps) > len(best.get(hit.date, [])):
                        best[hit.date] = steps
            for day, steps in best.items():
                for number, step in enumerate(steps, start=1):
                    key = name, day, steps[0].site, number
                    users[key] += 1
                    before = steps[max(number - 2, 0)]
                    seconds[key] += (step.at - before.at).total_seconds()
    assert {row[:4]: row[4] for row in found} == users
    assert all(row[5] == pytest.approx(seconds[row[:4]]) for row in found)
    assert {row[0] for row in found if row[3] > 1} == {
        row["funnel_id"] for row in read_seed("funnels")
    }
