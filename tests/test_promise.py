"""The promise: incremental equals full refresh, row for row, in every mart."""

from pathlib import Path

import pytest
from footfall import Project
from promise import check_seed


# Visitors moved by a second delivery, sessions that are gone after a rule changed, hits of
# another year. Any seed must pass; more of them cost time: `python tests/promise.py`.
@pytest.mark.parametrize("seed", [6])
def test_random_batches_give_the_same_marts_as_a_full_refresh(seed: int, tmp_path: Path) -> None:
    assert check_seed(seed, tmp_path) == []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "footfall")
    project.env["FOOTFALL_HITS"] = "hits/*"
    return project


def test_a_sign_in_that_comes_later_changes_the_sessions_before(project: Project) -> None:
    first = {"hit_id": 1, "visitor_id": "v", "event_at": "2026-05-01 10:00:00"}
    signed_in = {"hit_id": 2, "visitor_id": "v", "event_at": "2026-05-02 10:00:00", "user_id": "u"}
    for number, hit in enumerate([first, signed_in]):
        project.hits(f"hits/{number}.csv", [hit])
        project.build("--select", "+users")
    assert project.query("select person_id, sessions from marts.users") == [("u", 2)]


def test_a_timeout_of_days_joins_what_two_runs_bring(project: Project) -> None:
    for number, event_at in enumerate(["2026-01-01 10:00:00", "2026-01-04 09:00:00"]):
        project.hits(
            f"hits/{number}.csv", [{"hit_id": number, "visitor_id": "v", "event_at": event_at}]
        )
        project.build("--select", "+sessions", vars={"session_timeout_seconds": 259200})
    assert project.query("select session_id from marts.sessions") == [("0",)]
