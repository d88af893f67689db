"""Readers always find one whole snapshot of the marts: that of the last run in which
nothing failed."""

import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from footfall import ROOT, WITHOUT_TESTS, Project
from serving import hits_of, readers, report_of

sys.path.append(str(ROOT / "plugins"))
import publish  # noqa: E402

# All models, and of the tests one.
SELECTED = ("--indirect-selection=empty", "--select", "resource_type:model", "failing")


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """A project that published once."""
    project = new_project()
    project.env |= {"FOOTFALL_HITS": "inputs/*.csv", "FOOTFALL_PUBLISHED": "out/marts.duckdb"}
    project.hits("inputs/0.csv", hits_of(0))
    project.build()
    return project


def published(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(project.root / "out/marts.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def snapshot_id(project: Project) -> str:
    ((found,),) = published(project, "select snapshot_id from snapshot")
    pointer = project.root / "out/marts/current"
    assert pointer.resolve().name == found
    return found


# What is published


def test_the_published_marts_are_the_marts(project: Project) -> None:
    names = {name for (name,) in published(project, "select mart from snapshot_marts")}
    assert names == set(project.checksums()) >= {"sessions", "users", "rejected_hits"}
    for name in names:
        file = project.root / f"out/marts/current/{name}.parquet"
        with duckdb.connect(str(project.database), read_only=True) as connection:
            connection.execute(f"attach '{project.root}/out/marts.duckdb' as out (read_only)")
            rows, *others = (
                sorted(connection.execute(f"from {table}").fetchall(), key=repr)
                for table in (f"marts.{name}", f"out.main.{name}", f"'{file}'")
            )
        assert [rows, rows] == others, name


def test_what_is_published_are_tables_that_any_duckdb_reads(project: Project) -> None:
    kinds = published(project, "select distinct table_type from information_schema.tables")
    assert kinds == [("BASE TABLE",)]
    tags = published(project, "select tags['storage_version'] from duckdb_databases() limit 1")
    assert "v1.0.0" in tags[0][0]


def test_every_published_column_is_described(project: Project) -> None:
    missing = published(
        project,
        "select table_name, column_name from duckdb_columns()"
        " where not internal and coalesce(comment, '') = ''",
    )
    assert missing == []
    assert published(project, "select 1 from duckdb_tables() where comment is null") == []


def test_a_snapshot_says_what_it_is(project: Project) -> None:
    ((last_hit_at, last_loaded_at, batch_id),) = published(
        project, "select last_hit_at, last_loaded_at, batch_id from snapshot"
    )
    assert project.query("select max(event_at) from intermediate.int_hits") == [(last_hit_at,)]
    assert project.query("select max(modified_at) from intermediate.int_files") == [
        (last_loaded_at,)
    ]
    assert batch_id == 1
    for name, rows in published(project, "select mart, row_count from snapshot_marts"):
        assert published(project, f"select count(*) from {name}") == [(rows,)]


# When it is published


@pytest.fixture(scope="module")
def runs(project: Project) -> dict[str, Any]:
    """Runs of all kinds, beside readers: their reports, and the snapshot after each."""
    found: dict[str, Any] = {}

    def run(name: str, *args: str, expected: int = 0, **env: str) -> None:
        done = project.run(*args, env=env)
        assert done.returncode == expected, done.stdout[-3000:]
        found[name] = report_of(done.stdout) | {
            "shown": snapshot_id(project),
            "output": done.stdout,
        }

    found["first"] = {"shown": snapshot_id(project)}
    failing = project.root / "tests/failing.sql"
    with readers(project.root / "out/marts.duckdb", 2, pause=1) as reading:
        run("nothing new", "build", *WITHOUT_TESTS)
        project.hits("inputs/1.csv", hits_of(1))
        run("a part", "run", "--select", "users")
        failing.write_text("select session_id from {{ ref('sessions') }}")
        run("no rows", "build", "--empty", *WITHOUT_TESTS, FOOTFALL_DATABASE="empty.duckdb")
        run("then all rows", "run", FOOTFALL_DATABASE="empty.duckdb", FOOTFALL_PUBLISHED="")
        run("a failing test", "build", *SELECTED, expected=1)
        failing.unlink()
        (project.root / "file").write_text("no folder")
        run("no folder", "run", expected=1, FOOTFALL_PUBLISHED="file/marts.duckdb")
        run("a plain run", "run", FOOTFALL_REPORT="out/report.html")
        run("no report", "run", expected=1, FOOTFALL_REPORT="file/report.html")
    found["reading"] = reading
    return found


def test_a_run_with_nothing_new_leaves_the_snapshot(runs: dict[str, Any]) -> None:
    assert runs["nothing new"]["published"] == "unchanged"
    assert runs["nothing new"]["shown"] == runs["first"]["shown"]


def test_a_run_of_a_part_publishes_nothing(runs: dict[str, Any]) -> None:
    assert runs["a part"]["published"] == "no"
    assert runs["a part"]["why_not"] == "the run was of a part of the models only"
    assert runs["a part"]["shown"] == runs["first"]["shown"]


def test_a_run_of_no_rows_publishes_nothing(runs: dict[str, Any]) -> None:
    assert (runs["no rows"]["status"], runs["no rows"]["published"]) == ("success", "no")
    assert runs["no rows"]["why_not"] == "the run read no rows, or a sample of them"
    assert runs["no rows"]["shown"] == runs["first"]["shown"]
    assert [runs[name]["new_files"] for name in ("no rows", "then all rows")] == [0, 2]
    assert runs["then all rows"]["new_raw_rows"] == 400


def test_a_run_of_no_rows_is_refused_where_there_are_hits(project: Project) -> None:
    done = project.run("run", "--empty")
    assert done.returncode and "give it a database of its own" in " ".join(done.stdout.split())


def test_a_failing_test_publishes_nothing(runs: dict[str, Any]) -> None:
    report = runs["a failing test"]
    assert (report["status"], report["failed"]) == ("failed", ["failing"])
    assert report["published"] == "no"
    assert report["why_not"] == "failed or skipped: failing"
    assert report["shown"] == runs["first"]["shown"]


def test_a_run_that_cannot_publish_fails_and_says_why(runs: dict[str, Any]) -> None:
    report = runs["no folder"]
    assert (report["status"], report["published"]) == ("failed", "failed")
    sentence = "The marts could not be published as file/marts.duckdb: "
    assert report["why_not"].startswith(sentence)
    assert report["output"].count(sentence) > 1
    assert report["shown"] == runs["first"]["shown"]


def test_a_plain_run_publishes(runs: dict[str, Any]) -> None:
    report = runs["a plain run"]
    assert report["published"] == "new"
    assert report["snapshot_id"] == report["shown"] > runs["first"]["shown"]


def test_a_run_that_cannot_write_the_report_fails_and_says_why(
    runs: dict[str, Any],
) -> None:
    report = runs["no report"]
    assert (report["status"], report["report"]) == ("failed", None)
    assert report["why_not"].startswith("The report could not be written as file/report.html: ")
    assert report["output"].count(report["why_not"]) > 1
    assert report["shown"] == runs["a plain run"]["shown"]


def test_a_run_writes_the_report_of_what_it_published(
    project: Project, runs: dict[str, Any]
) -> None:
    assert runs["a plain run"]["report"] == "out/report.html"
    report = (project.root / "out/report.html").read_text()
    assert runs["a plain run"]["shown"] in report and "<script" not in report
    assert report.endswith("</html>\n")
    assert [path.name for path in (project.root / "out").glob(".report*")] == []


def test_the_report_of_a_run_counts_what_it_read(runs: dict[str, Any]) -> None:
    counts = ["new_files", "new_raw_rows", "new_rejected_rows", "batch_id"]
    assert [runs["nothing new"][count] for count in counts] == [0, 0, 0, 1]
    assert [runs["a failing test"][count] for count in counts] == [1, 200, 0, 2]


def test_readers_beside_runs_meet_no_error_and_no_two_runs(runs: dict[str, Any]) -> None:
    reading = runs["reading"]
    assert (reading.errors, reading.mismatches) == ([], [])
    assert reading.snapshots == {runs["first"]["shown"], runs["a plain run"]["shown"]}
    assert reading.reads > 20


# A publication that fails, or is killed: without dbt, of two tables that must agree


PUBLISHER = """
import resource, sys
sys.path[:0] = [{tests!r}, {plugins!r}]
from test_publish import publish_number
from pathlib import Path
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
for number in range({first}, {last}):
    print(publish_number(Path({path!r}), number), flush=True)
"""


def publish_number(path: Path, number: int, kept: int = 2) -> str | None:
    """Publish two tables that hold this number; says why if that fails."""
    query = f"select {number} as number, md5(cast(range as varchar)) as text from range(20000)"
    snapshot = {
        "snapshot_id": publish.new_snapshot_id(),
        "kept": kept,
        "tables": {
            name: {"query": query, "description": "", "columns": {"number": "It."}}
            for name in ("one", "other")
        },
    }
    with duckdb.connect() as connection:
        publish.publish(connection, str(path), snapshot)
    return snapshot.get("failure")


def publisher(
    path: Path, first: int, last: int, limit: int = resource.RLIM_INFINITY
) -> subprocess.Popen[str]:
    """A process that publishes one number after the other."""
    code = PUBLISHER.format(
        tests=str(ROOT / "tests"),
        plugins=str(ROOT / "plugins"),
        path=str(path),
        first=first,
        last=last,
        limit=limit,
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def number_of(path: Path, is_parquet: bool) -> int:
    """The number that is published, which all of it agrees on."""
    tables = ["one", "other"]
    if is_parquet:
        folder = (path.with_suffix("") / "current").resolve()
        tables = [f"'{folder}/{table}.parquet'" for table in tables]
    with duckdb.connect(":memory:" if is_parquet else str(path), read_only=not is_parquet) as db:
        found = {
            db.execute(f"select min(number), max(number), count(*) from {table}").fetchone()
            for table in tables
        }
    ((low, high, rows),) = found
    assert low == high and rows == 20000
    return low


def left_over(path: Path) -> list[str]:
    """What is there but the file, the pointer, and the two snapshots that are kept."""
    folder = path.with_suffix("")
    snapshots = sorted(folder.glob("20*"))
    expected = [path, folder, folder / "current", *snapshots[-2:]]
    return [str(found) for found in path.parent.glob("*") if found not in expected] + [
        str(found) for found in folder.glob("*") if found not in expected
    ]


def test_a_killed_publication_leaves_the_last_or_the_next_snapshot(tmp_path: Path) -> None:
    path, first = tmp_path / "marts.duckdb", 1
    assert publish_number(path, 0) is None
    for _ in range(6):
        with publisher(path, first, first + 1000) as process:
            while number_of(path, is_parquet=False) < first:
                time.sleep(0.01)
            ends = time.monotonic() + random.uniform(0, 0.3)
            while time.monotonic() < ends:
                number_of(path, is_parquet=False)
            process.send_signal(signal.SIGKILL)
        published = [number_of(path, is_parquet) for is_parquet in (False, True)]
        assert published[0] - published[1] in (0, 1)
        first = published[0] + 1
    assert publish_number(path, first) is None
    assert [number_of(path, is_parquet) for is_parquet in (False, True)] == [first, first]
    assert left_over(path) == []


def test_a_full_disk_leaves_the_last_snapshot_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "marts.duckdb"
    assert publish_number(path, 0) is None
    with publisher(path, 1, 2, limit=1 << 18) as process:
        output, _ = process.communicate()
    assert f"The marts could not be published as {path}: " in output
    assert "Could not write file" in output and "marts.duckdb.next" in output
    assert [number_of(path, is_parquet) for is_parquet in (False, True)] == [0, 0]
    assert left_over(path) == []


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_so_many_snapshots_are_kept_as_parquet(tmp_path: Path, kept: int) -> None:
    for number in range(5):
        assert publish_number(tmp_path / "marts.duckdb", number, kept) is None
    assert len(list((tmp_path / "marts").glob("2*"))) == kept
    assert number_of(tmp_path / "marts.duckdb", is_parquet=True) == 4


def test_without_kept_snapshots_there_is_no_parquet(tmp_path: Path) -> None:
    path = tmp_path / "marts.duckdb"
    for number, kept in enumerate([2, 2, 0]):
        assert publish_number(path, number, kept) is None
    assert number_of(path, is_parquet=False) == 2
    assert list((tmp_path / "marts").iterdir()) == []


def test_a_clock_that_was_set_back_does_not_cost_the_current_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "marts.duckdb"
    assert publish_number(path, 0) is None
    for year in (2090, 2091):
        (tmp_path / f"marts/{year}0101T000000.000000Z").mkdir()
    assert publish_number(path, 1) is None
    assert number_of(path, is_parquet=True) == 1
