"""The promise: incremental equals full refresh, row for row, in every mart."""

from pathlib import Path

import pytest
from promise import check_seed, copy_project, dbt, marts


# Among them: visitors moved by a second delivery, sessions that are gone after a rule
# changed, hits of another year. Any seed must pass; more of them cost time.
@pytest.mark.parametrize("seed", [6, 11])
def test_random_batches_give_the_same_marts_as_a_full_refresh(seed: int, tmp_path: Path) -> None:
    assert check_seed(seed, tmp_path) == []


def test_a_sign_in_that_comes_later_changes_the_sessions_before(tmp_path: Path) -> None:
    project, files = copy_project(tmp_path / "project"), tmp_path / "files"
    files.mkdir()
    database = tmp_path / "footfall.duckdb"
    dbt(project, database, files, "seed")
    (files / "a.csv").write_text("hit_id,visitor_id,event_at\n1,v,2026-05-01 10:00:00\n")
    dbt(project, database, files, "run")
    (files / "b.csv").write_text("hit_id,visitor_id,event_at,user_id\n2,v,2026-05-02 10:00:00,u\n")
    dbt(project, database, files, "run")
    assert [row[0] for row in marts(database)["users"]] == ["u"]


def test_a_timeout_of_days_joins_what_two_runs_bring(tmp_path: Path) -> None:
    project, files = copy_project(tmp_path / "project"), tmp_path / "files"
    files.mkdir()
    database = tmp_path / "footfall.duckdb"
    three_days = ("--vars", "{session_timeout_seconds: 259200}")
    dbt(project, database, files, "seed")
    for number, event_at in enumerate(["2026-01-01 10:00:00", "2026-01-04 09:00:00"]):
        text = f"hit_id,visitor_id,event_at\n{number},v,{event_at}\n"
        (files / f"{number}.csv").write_text(text)
        dbt(project, database, files, "run", *three_days)
    assert [row[0] for row in marts(database)["sessions"]] == ["0"]
