"""Real hits, and other projects' test cases, with the sessions that an independent
program finds in them. All go through one build, as sites that don't share visitors:
every data set twice, in UTC and in a time zone of its own."""

import csv
import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from footfall import ROOT, Project

DATA = Path(os.environ.get("SHARED", ROOT.parent / "shared")) / "data"
TIME_ZONES = {
    "elastic_apache": ("UTC", "America/Los_Angeles"),
    "hue_weblogs": ("UTC", "America/Los_Angeles"),
    "nasa_jul": ("UTC", "America/New_York"),
    "ruet_oj": ("UTC", "Asia/Dhaka"),
    "wikimedia_a": ("UTC", "Asia/Kolkata"),
    "yoochoose_train": ("UTC", "Europe/Berlin"),
}
SITES = [(name, zone) for name, zones in TIME_ZONES.items() for zone in zones]
USER_MARTS = {"day": "daily_users", "week": "weekly_users", "month": "monthly_users"}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not here: {DATA}")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases() -> list[dict[str, str]]:
    index = rows_of(DATA / "cases/index.csv") if DATA.is_dir() else []
    return [case for case in index if case["footfall"] == "True"]


def hits_of_set(name: str, zone: str) -> str:
    """A query for the plain hits of a data set as those of one site."""
    site = f"{name} {zone}"
    return f"""
        select
            '{site} ' || hit_id as hit_id,
            '{site} ' || visitor_id as visitor_id,
            '{site}' as site_id,
            event_at,
            if(is_page_view, 'page_view', 'custom') as hit_type,
            page_url,
            referrer as referrer_url,
            user_agent,
            utm_source,
            utm_medium,
            utm_campaign
        from '{DATA}/{name}/canonical.parquet'
    """


def hits_of_cases() -> str:
    return f"""
        select
            case_id || ' ' || arrival as hit_id,
            case_id || ' ' || visitor_id as visitor_id,
            case_id as site_id,
            event_at
        from '{DATA}/cases/events.parquet'
        where event_at is not null
    """


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    settings = [(f"{name} {zone}", zone, "1800") for name, zone in SITES]
    settings += [(case["case_id"], case["tz"], case["timeout_s"]) for case in cases()]
    with (project.root / "seeds/sites.csv").open("a", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(settings)
    queries = [hits_of_set(name, zone) for name, zone in SITES] + [hits_of_cases()]
    path = project.root / "hits.parquet"
    duckdb.execute(f"copy ({' union all by name '.join(queries)}) to '{path}'")
    project.env |= {
        "FOOTFALL_HITS": "hits.parquet",
        "FOOTFALL_ACCESS_LOGS": DATA / "elastic_apache/raw.log",
    }
    project.build(vars={"count_bots": True})
    return project


@pytest.mark.parametrize(("name", "zone"), SITES)
def test_every_session_is_as_expected(project: Project, name: str, zone: str) -> None:
    expected = f"'{DATA}/{name}/expected_sessions.parquet'"
    hits = f"'{DATA}/{name}/canonical.parquet'"
    paths = f"select distinct page_url, page_path from {hits}"
    site = f"{name} {zone}"
    found = project.query(f"""
        select
            visitor_id[{len(site) + 2}:], session_number, started_at, ended_at,
            coalesce(duration_seconds, 0), hits, page_views, is_new_person,
            landing.page_path, leaving.page_path, referrer_url, campaign
        from marts.sessions
        left join ({paths}) as landing on landing_page_url = landing.page_url
        left join ({paths}) as leaving on exit_page_url = leaving.page_url
        where site_id = '{site}' order by all
    """)
    wanted = project.query(f"""
        select
            visitor_id, session_index, session_start_at::timestamp,
            session_end_at::timestamp, duration_seconds::decimal(18, 6), hits,
            page_views, is_first_session, entry_page, exit_page, referrer, utm_campaign
        from {expected} order by all
    """)
    assert found == wanted


def period_figures(project: Project, site: str, grain: str) -> dict[date, list[Any]]:
    """What the marts say of every day, week or month of a site."""
    rows = project.query(f"""
        with
        periods as (
            select * from marts.{USER_MARTS[grain]}
            where site_id = '{site}' and dimension = 'all' and users > 0
        ),
        user_periods as (
            select
                date_trunc('{grain}', active_date) as period_start,
                sum(hits) as hits,
                sum(page_views) as page_views,
                sum(sessions) as sessions,
                count(distinct person_id) as users
            from marts.user_days where site_id = '{site}' group by 1
        ),
        session_periods as (
            select
                date_trunc('{grain}', session_date) as period_start,
                sum(sessions) as sessions,
                sum(new_person_sessions) as new_person_sessions,
                sum(single_hit_sessions) as single_hit_sessions,
                sum(single_page_sessions) as single_page_sessions,
                sum(duration_seconds) as duration_seconds
            from marts.daily_sessions where site_id = '{site}' group by 1
        )
        select
            period_start,
            user_periods.hits,
            user_periods.page_views,
            periods.users,
            periods.new_users,
            periods.returning_users,
            user_periods.users,
            periods.sessions,
            user_periods.sessions,
            coalesce(session_periods.sessions, 0),
            coalesce(new_person_sessions, 0),
            coalesce(single_hit_sessions, 0),
            coalesce(single_page_sessions, 0),
            coalesce(duration_seconds, 0)
        from periods
        left join user_periods using (period_start)
        left join session_periods using (period_start)
    """)
    return {row[0]: list(row[1:]) for row in rows}


EXPECTED_COLUMNS = [
    "hits",
    "page_views",
    *("visitors", "new_visitors", "returning_visitors", "visitors"),
    *("sessions", "sessions", "sessions", "new_sessions"),
    "single_hit_sessions",
    "single_page_view_sessions",
    "session_seconds",
]


@pytest.mark.parametrize("grain", USER_MARTS)
@pytest.mark.parametrize(("name", "zone"), SITES)
def test_every_period_is_as_expected(project: Project, name: str, zone: str, grain: str) -> None:
    expected = {
        date.fromisoformat(row["period_start"]): [
            Decimal(row[column]) for column in EXPECTED_COLUMNS
        ]
        for row in rows_of(DATA / name / "expected_daily.csv")
        if row["tz"] == zone and row["grain"] == grain
    }
    assert period_figures(project, f"{name} {zone}", grain) == expected


def test_a_raw_access_log_gives_the_same_sessions(project: Project) -> None:
    figures = project.query("""
        select
            sum(hits), count(distinct visitor_id), count(*), count_if(is_single_hit),
            sum(duration_seconds)
        from marts.sessions where site_id = 'default'
    """)
    assert figures == [(10_000, 1862, 3224, 1775, Decimal(48_818))]
    rejected = "select count(*) from marts.rejected_hits where format = 'access_logs'"
    assert project.query(rejected) == [(0,)]


def test_a_raw_access_log_gives_the_same_page_views(project: Project) -> None:
    figures = project.query("""
        select sum(page_views), count_if(is_single_page)
        from marts.sessions where site_id = 'default'
    """)
    assert figures == [(4228, 1747)]


@pytest.mark.parametrize("case", [case["case_id"] for case in cases()])
def test_a_case_of_another_project_has_its_sessions(project: Project, case: str) -> None:
    found = project.query(f"""
        select visitor_id[{len(case) + 2}:], started_at, ended_at, hits
        from marts.sessions where site_id = '{case}' order by all
    """)
    expected = project.query(f"""
        select
            visitor_id, session_start_at::timestamp, session_end_at::timestamp, hits
        from '{DATA}/cases/expected.parquet' where case_id = '{case}' order by all
    """)
    assert found == expected
    assert found
