"""Metrics by MetricFlow, in processes of their own, beside the same questions in SQL."""

import csv
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from footfall import ROOT, Project

BIN = Path(os.environ.get("FOOTFALL_METRICS_BIN", ROOT / ".venv-metrics/bin"))
MF = BIN / "mf"

pytestmark = pytest.mark.skipif(
    not MF.exists(), reason="MetricFlow is not installed; `make test-metrics` installs it."
)

MONTHS = """
    select
        date_trunc('month', active_date)::date as month,
        count(distinct person_id) as users,
        (
            select sum(sessions) from marts.daily_sessions
            where date_trunc('month', session_date) = date_trunc('month', active_date)
        ) as sessions
    from marts.user_days group by all order by 1
"""


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    for name in ("hits", "access_logs"):
        (project.root / "data").mkdir(exist_ok=True)
        (project.root / "data" / name).symlink_to(ROOT / "data" / name)
    marts = ["calendar", "conversions", "daily_sessions", "monthly_users", "daily_users"]
    project.build("--select", *(f"+{mart}" for mart in [*marts, "user_days"]))
    done = subprocess.run(
        [BIN / "dbt", "parse", "--quiet"],
        cwd=project.root,
        env=project.environment({"DBT_WRITE_JSON": "true"}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def mf(project: Project, *args: str) -> str:
    environment = project.environment()
    environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [MF, *args], cwd=project.root, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def rows(project: Project, *args: str) -> list[dict[str, str]]:
    path = project.root / "answer.csv"
    mf(project, "query", *args, "--csv", str(path))
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_definitions_are_valid(project: Project) -> None:
    said = mf(project, "validate-configs", "--show-all")
    counts = [line for line in said.splitlines() if "ERRORS: " in line]
    assert len(counts) >= 5
    assert all("ERRORS: 0, FUTURE_ERRORS: 0, WARNINGS: 0" in line for line in counts), said


def test_users_of_a_month_are_distinct_and_not_summed(project: Project) -> None:
    found = rows(
        project,
        "--metrics",
        "users,sessions,sessions_per_user",
        "--group-by",
        "metric_time__month",
        "--order",
        "metric_time__month",
    )
    expected = project.query(MONTHS)
    assert [
        (row["metric_time__month"][:10], int(row["users"]), int(float(row["sessions"])))
        for row in found
    ] == [(str(month), users, sessions) for month, users, sessions in expected]
    for row, (_, users, sessions) in zip(found, expected, strict=True):
        assert float(row["sessions_per_user"]) == pytest.approx(float(sessions) / users)
    ((days,),) = project.query(
        "select sum(users) from marts.daily_users where site_id = '(all)'"
        " and dimension = 'all' and period_start < '2027-01-01'"
    )
    assert sum(int(row["users"]) for row in found) < days


def test_saved_queries_answer_as_the_marts_do(project: Project) -> None:
    found = rows(project, "--saved-query", "monthly_overview")
    assert {
        (row["metric_time__month"][:10], int(row["users"]), int(row["new_users"] or 0))
        for row in found
    } == {
        (str(month), users, new_users)
        for month, users, new_users in project.query(
            "select period_start, users, new_users from marts.monthly_users"
            " where site_id = '(all)' and dimension = 'all'"
        )
    }
    found = rows(project, "--saved-query", "monthly_channels")
    assert {
        (row["metric_time__month"][:10], row["session_group__channel"], int(row["sessions"]))
        for row in found
    } == {
        (str(month), channel, int(sessions))
        for month, channel, sessions in project.query(
            "select date_trunc('month', session_date)::date, channel, sum(sessions)"
            " from marts.daily_sessions group by all"
        )
    }
    found = rows(project, "--saved-query", "monthly_goals")
    assert {
        (row["metric_time__month"][:10], row["conversion__goal_id"], int(row["converting_users"]))
        for row in found
    } == {
        (str(month), goal, users)
        for month, goal, users in project.query(
            "select date_trunc('month', session_date)::date, goal_id, count(distinct person_id)"
            " from marts.conversions group by all"
        )
    }
    assert rows(project, "--saved-query", "weekly_overview_by_site")


def test_rates_are_those_of_the_marts(project: Project) -> None:
    rates = "engagement_rate,bounce_rate,average_session_duration,user_conversion_rate"
    (row,) = rows(project, "--metrics", rates)
    ((engaged, bounce, seconds),) = project.query(
        "select sum(engaged_sessions) / sum(sessions), sum(bounces) / sum(sessions),"
        " sum(duration_seconds) / sum(measured_sessions) from marts.daily_sessions"
    )
    ((converting,),) = project.query(
        "select (select count(distinct person_id) from marts.conversions)"
        " / count(distinct person_id) from marts.user_days"
    )
    assert float(row["engagement_rate"]) == pytest.approx(engaged)
    assert float(row["bounce_rate"]) == pytest.approx(bounce)
    assert float(row["average_session_duration"]) == pytest.approx(float(seconds))
    assert float(row["user_conversion_rate"]) == pytest.approx(converting)
