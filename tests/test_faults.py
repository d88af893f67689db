"""What goes wrong is said in one sentence and loses nothing: broken input, broken
settings, and runs that are killed or get in each other's way."""

import bz2
import csv
import gzip
import lzma
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from footfall import WITHOUT_TESTS, Checksums, Project, Row, write_hits

START = datetime(2026, 5, 1, 9)
PAGE = "https://shop.example.com/"


def good_hits(prefix: str, count: int = 20) -> list[Row]:
    """Hits of four visitors, ten minutes apart, so of a session each."""
    return [
        {
            "hit_id": f"{prefix}{number}",
            "visitor_id": f"visitor {number % 4}",
            "event_at": START + timedelta(minutes=10 * number),
            "page_url": PAGE,
        }
        for number in range(count)
    ]


def log_line(number: int, page: str = "/") -> str:
    at = START + timedelta(minutes=number)
    return (
        f'192.0.2.{number % 3} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {page} HTTP/1.1"'
        ' 200 512 "-" "Mozilla/5.0 (X11; Linux x86_64) Firefox/148.0"\n'
    )


GOOD_LINES = 30
LOG = "".join(map(log_line, range(GOOD_LINES)))

BAD_CSV = f"""\
visitor_id,event_at,page_url,value
a,2026-05-01 10:00:00,{PAGE},1.50
a
a,noon,{PAGE},1.50
a,2026-02-30 10:00:00,{PAGE},1.50
a,2026-05-01 10:00:02,{PAGE},twelve
,2026-05-01 10:00:03,{PAGE},
undefined,2026-05-01 10:00:04,{PAGE},
a,2026-05-01 10:00:05,{PAGE},
a,2026-05-01 10:00:06,{PAGE}?a=1,2,1.50
a,2026-05-01 10:00:07,"{PAGE}?a=1,2",1.50,
"""
BAD_JSON = f"""\
{{"visitor_id": "b", "event_at": "2026-05-01T10:00:00Z", "page_url": "{PAGE}"}}
{{"visitor_id": "b", "event_at": "2026-05-01T10:00:01Z"
{{"visitor_id": "b"}}
{{"visitor_id": "b", "event_at": "2026-05-01T10:00:02Z"}}
"""
BAD_LOG = (
    log_line(1, "/before")
    + "this is no line of a log\n"
    + log_line(2, "/after").replace("+0000", "no zone")
    + log_line(600, "/gr\xfcn")
)
BAD_ROWS = {  # by file and place
    ("inputs/hits/bad.csv", 2): "event_at is missing",
    ("inputs/hits/bad.csv", 3): "event_at is no timestamp",
    ("inputs/hits/bad.csv", 4): "event_at is no timestamp",
    ("inputs/hits/bad.csv", 5): "value is no number",
    ("inputs/hits/bad.csv", 6): "visitor_id is missing",
    ("inputs/hits/bad.csv", 7): "visitor_id is a placeholder",
    ("inputs/hits/bad.csv", 9): "row has more fields than columns",
    ("inputs/hits/bad.jsonl", 2): "row is no JSON object",
    ("inputs/hits/bad.jsonl", 3): "event_at is missing",
    ("inputs/access_logs/bad.log", 2): "line is no access log line",
    ("inputs/access_logs/bad.log", 3): "event_at is no timestamp",
}


def raw_rows(project: Project) -> int:
    """The rows of all input files, counted without SQL."""
    rows = 0
    for path in (project.root / "inputs").rglob("*.*"):
        if path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8") as file:
                rows += sum(1 for _ in csv.reader(file)) - 1
        elif path.suffix == ".parquet":
            rows += duckdb.read_parquet(str(path)).shape[0]
        else:
            rows += path.read_bytes().count(b"\n")
    return rows


@pytest.fixture(scope="module")
def house(new_project: Callable[[], Project]) -> Project:
    """A project with one build behind it. Whoever changes it makes a copy."""
    house = new_project()
    house.env |= {
        "FOOTFALL_HITS": "inputs/hits/*",
        "FOOTFALL_ACCESS_LOGS": "inputs/access_logs/*",
    }
    house.hits("inputs/hits/good.parquet", good_hits("p"))
    house.hits("inputs/hits/good.csv", good_hits("c"))
    house.hits("inputs/hits/good.jsonl", good_hits("j"))
    house.write("inputs/hits/bad.csv", BAD_CSV)
    house.write("inputs/hits/bad.jsonl", BAD_JSON)
    house.write("inputs/access_logs/good.log", LOG)
    house.write("inputs/access_logs/bad.log", BAD_LOG.encode("latin-1"))
    house.build()
    return house


# Runs that must fail


def without(column: str) -> list[Row]:
    return [{k: v for k, v in row.items() if k != column} for row in good_hits("x")]


def write_typed(path: Path, sql_type: str) -> None:
    duckdb.execute(
        f"copy (select 'a' as visitor_id, cast(1 as {sql_type}) as event_at)"
        f" to '{path}' (format parquet)"
    )


def write_cut(path: Path, whole: bytes) -> None:
    path.write_bytes(whole[: len(whole) * 2 // 3])


def write_cut_parquet(path: Path) -> None:
    write_cut(path, write_hits(path, good_hits("x", 5000)).read_bytes())


def write_cut_csv_gz(path: Path) -> None:
    whole = write_hits(path.with_suffix(""), good_hits("x", 5000))
    write_cut(path, gzip.compress(whole.read_bytes()))
    whole.unlink()


def write_cut_log_gz(path: Path) -> None:
    write_cut(path, gzip.compress("".join(map(log_line, range(5000))).encode()))


@dataclass(frozen=True)
class Fault:
    """What is wrong with a run, and the words that its output has in one line."""

    words: list[str]
    file: str = ""
    write: Callable[[Path], object] = Path.touch
    sites: str = ""
    env: dict[str, object] = field(default_factory=dict)
    vars: dict[str, Any] = field(default_factory=dict)


SITES = "site_id,time_zone,session_timeout_seconds\nblog,UTC,1800\nshop,UTC,1800\n"
FAULTS = {
    "hits in UTF-16": Fault(
        ["utf-16.csv' is UTF-16; text must be UTF-8"],
        "utf-16.csv",
        lambda path: path.write_text("visitor_id,event_at\na,2026-05-01\n", encoding="utf-16"),
    ),
    "a log in UTF-16": Fault(
        ["utf-16.log' is UTF-16; text must be UTF-8"],
        "utf-16.log",
        lambda path: path.write_bytes(LOG.encode("utf-16-le")),
    ),
    "a text file named .parquet": Fault(
        ["No magic bytes"], "text.parquet", lambda path: path.write_text("Hits\n" * 99)
    ),
    "a Parquet file without visitor_id": Fault(
        ["no column visitor_id"],
        "no_visitor.parquet",
        lambda path: write_hits(path, without("visitor_id")),
    ),
    "a CSV file without event_at": Fault(
        ["no column event_at"],
        "no_time.csv",
        lambda path: write_hits(path, without("event_at")),
    ),
    "a Parquet file with a boolean event_at": Fault(
        ["BOOLEAN", "event_at"],
        "boolean.parquet",
        lambda path: write_typed(path, "boolean"),
    ),
    "a Parquet file with a double event_at": Fault(
        ["DOUBLE", "event_at"],
        "double.parquet",
        lambda path: write_typed(path, "double"),
    ),
    "a truncated Parquet file": Fault(["No magic bytes"], "cut.parquet", write_cut_parquet),
    "a truncated csv.gz file": Fault(
        ["Unexpected end of GZIP stream"], "cut.csv.gz", write_cut_csv_gz
    ),
    "a truncated gzip log": Fault(
        ["Unexpected end of GZIP stream"], "cut.log.gz", write_cut_log_gz
    ),
    "a binary file as access log": Fault(
        ["common or combined log format"],
        "binary.log",
        lambda path: path.write_bytes(random.Random(1).randbytes(100_000)),
    ),
    "a pattern that matches no file": Fault(
        ["FOOTFALL_HITS", "no file matches 'nowhere/*.csv'"],
        env={"FOOTFALL_HITS": "nowhere/*.csv"},
    ),
    "a database of own hits and no input": Fault(
        ["no input is named", "FOOTFALL_HITS"],
        env={"FOOTFALL_HITS": "", "FOOTFALL_ACCESS_LOGS": ""},
    ),
    "a mistyped variable": Fault(["Unknown setting FOOTFALL_HIT "], env={"FOOTFALL_HIT": "x"}),
    "a memory limit that is none": Fault(
        ["FOOTFALL_MEMORY_LIMIT", "'much' is no amount of memory"],
        env={"FOOTFALL_MEMORY_LIMIT": "much"},
    ),
    "a site in an unknown time zone": Fault(
        ["Wrong in seeds/sites.csv", "known_time_zone", "time_zone = 'Europe/Atlantis'"],
        sites=SITES.replace("shop,UTC", "shop,Europe/Atlantis"),
    ),
    "a site that is listed twice": Fault(
        ["Wrong in seeds/sites.csv", "unique_sites_site_id", "unique_field = 'shop'"],
        sites=SITES + "shop,UTC,1800\n",
    ),
    "a mistyped setting": Fault(["Unknown setting 'count_bot'"], vars={"count_bot": True}),
    "an unknown default time zone": Fault(
        ["Europe/Atlantis"], vars={"default_time_zone": "Europe/Atlantis"}
    ),
    "a database in no folder": Fault(
        ["nowhere/footfall.duckdb"],
        env={"FOOTFALL_DATABASE": "nowhere/footfall.duckdb"},
    ),
}


@dataclass(frozen=True)
class Outcome:
    returncode: int
    output: str
    before: Checksums
    after: Checksums


def run_with(fault: Fault, project: Project) -> Outcome:
    before = project.checksums()
    sites = project.root / "seeds/sites.csv"
    text = sites.read_text()
    sites.write_text(fault.sites or text)
    folder = "access_logs" if ".log" in fault.file else "hits"
    path = project.root / "inputs" / folder / (fault.file or "none")
    if fault.file:
        fault.write(path)
    # What is wrong with a seed is found by its tests; a plain run has none of them to do.
    options = ["build", "--exclude-resource-type", "unit_test"] if fault.sites else ["run"]
    done = project.run(*options, env=fault.env, vars=fault.vars)
    path.unlink(missing_ok=True)
    sites.write_text(text)
    return Outcome(done.returncode, done.stdout, before, project.checksums())


@pytest.fixture(scope="module")
def faulty(house: Project, tmp_path_factory: pytest.TempPathFactory) -> list[Project]:
    folder = tmp_path_factory.mktemp("faulty")
    return [house.copy(folder / name / "footfall") for name in ("one", "other")]


@pytest.fixture(scope="module")
def outcomes(faulty: list[Project]) -> dict[str, Outcome]:
    """What came of each fault; two copies of the house take turns, at once."""

    def run_half(half: int) -> dict[str, Outcome]:
        return {
            name: run_with(FAULTS[name], faulty[half]) for name in list(FAULTS)[half :: len(faulty)]
        }

    with ThreadPoolExecutor() as pool:
        first, second = pool.map(run_half, range(len(faulty)))
    return first | second


def says(output: str, words: list[str]) -> bool:
    return any(all(word in line for word in words) for line in output.splitlines())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_the_run_and_is_named(outcomes: dict[str, Outcome], name: str) -> None:
    outcome, fault = outcomes[name], FAULTS[name]
    output = outcome.output[-2000:]
    assert outcome.returncode != 0, output
    assert says(outcome.output, [*fault.words, fault.file]), output


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_leaves_the_marts_as_they_were(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].after == outcomes[name].before


@contextmanager
def opened_elsewhere(database: Path, read_only: bool) -> Iterator[None]:
    """Another process has the database open."""
    code = (
        "import duckdb, sys;"
        f"c = duckdb.connect({str(database)!r}, read_only={read_only});"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stdout.readline() == "open\n"
        yield
        process.communicate()


@pytest.mark.parametrize("read_only", [False, True], ids=["a run", "a reader"])
def test_a_run_says_who_has_the_database_open(faulty: list[Project], read_only: bool) -> None:
    project = faulty[0]
    before = project.checksums()
    with opened_elsewhere(project.database, read_only):
        done = project.run("build", *WITHOUT_TESTS)
    assert done.returncode != 0
    words = ["Could not set lock on file", str(project.database), "PID"]
    assert says(done.stdout, words), done.stdout[-2000:]
    assert project.checksums() == before


def test_the_next_run_after_faults_is_fine(
    house: Project, faulty: list[Project], outcomes: dict[str, Outcome]
) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(Project.build, faulty))
    for project in faulty:
        assert project.checksums() == house.checksums()


# Rows that are no hits


def reconciliation(project: Project) -> dict[str, int]:
    columns = ["raw_rows", "accepted_hits", "duplicate_hits", "rejected_hits"]
    sums = ", ".join(f"sum({column})" for column in columns)
    [row] = project.query(f"select {sums} from marts.hit_reconciliation")
    return dict(zip(columns, map(int, row), strict=True))


def test_every_bad_row_is_rejected_with_its_place_and_reason(house: Project) -> None:
    rejected = house.query("select file_path, file_row, rejection_reason from marts.rejected_hits")
    assert {(path, row): reason for path, row, reason in rejected} == BAD_ROWS


def test_every_raw_row_is_accepted_duplicate_or_rejected(house: Project) -> None:
    counted = raw_rows(house)
    assert reconciliation(house) == {
        "raw_rows": counted,
        "accepted_hits": counted - len(BAD_ROWS),
        "duplicate_hits": 0,
        "rejected_hits": len(BAD_ROWS),
    }


def test_a_line_that_is_no_utf8_is_read_all_the_same(house: Project) -> None:
    pages = house.query("select landing_page_url from marts.sessions where hits = 1")
    assert ("/gr\xfcn",) in pages


@pytest.fixture(scope="module")
def odd(house: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The house with a few more files, whose bad rows are of a trickier kind."""
    odd = house.copy(tmp_path_factory.mktemp("odd") / "footfall")
    hit = '{"visitor_id": "b", "event_at": "2026-05-01T10:00:00Z"}\n'
    odd.write("inputs/hits/odd.jsonl", f"{hit}[1, 2]\n{hit}")
    odd.write("inputs/access_logs/utf-8.log", log_line(1200, "/Ärger/für/10€"))
    odd.write("inputs/access_logs/control.log", "\x02\x00\n" + log_line(1800, "/ok"))
    odd.write("inputs/access_logs/mark.log", "\ufeff" + log_line(2400, "/mark"))
    odd.write("inputs/access_logs/old.log.bz2", bz2.compress(log_line(2500, "/bz2").encode()))
    odd.write("inputs/access_logs/old.log.xz", lzma.compress(log_line(2600, "/xz").encode()))
    odd.write("inputs/access_logs/rotated.log", "")
    odd.write("inputs/access_logs/rotated.log.gz", gzip.compress(b""))
    odd.write("inputs/hits/empty.csv", "")
    odd.write("inputs/hits/mark.jsonl", "\ufeff" + hit.replace('"b"', '"mark"'))
    odd.write("inputs/hits/latin-1.jsonl", hit.replace('"b"', '"Jos\xe9"').encode("latin-1"))
    columns = "\ufeffvisitor_id,event_at,page_title,utm_campain,vistor_agent,shoe_size\n"
    row = '{},2026-05-01 10:00:00,"two\nlines",May,Mozilla,42\n'
    for name in ("utf-8", "latin-1"):
        text = (columns if name == "utf-8" else columns[1:]) + row.format(f"Zo\xeb {name}")
        odd.write(f"inputs/hits/{name}.csv", text.encode(name))
    odd.env["FOOTFALL_SNOWPLOW"] = "inputs/events.tsv"
    event = ["shop", *[""] * 5, "id", *[""] * 8, "Jos\xe9", *[""] * 115]
    event[3], event[5] = "2026-05-01 10:00:00", "page_view"
    odd.write("inputs/events.tsv", "\t".join(event).encode("latin-1") + b"\n")
    done = odd.run("build", *WITHOUT_TESTS)
    assert done.returncode == 0, done.stdout[-3000:]
    odd.write("output.txt", " ".join(done.stdout.split()))
    return odd


def test_text_that_is_no_utf8_is_taken_for_latin_1_in_every_kind_of_file(odd: Project) -> None:
    visitors = odd.query("""
        select visitor_id, hits from marts.sessions
        where regexp_matches(visitor_id, '\xe9|\xeb|mark') order by 1
    """)
    assert visitors == [
        ("Jos\xe9", 1),
        ("Jos\xe9", 1),
        ("Zo\xeb latin-1", 1),
        ("Zo\xeb utf-8", 1),
        ("mark", 1),
    ]
    pages = odd.query("select landing_page_url from marts.sessions")
    assert ("/mark",) in pages
    titles = odd.query("select page_title from marts.page_views where page_title is not null")
    assert titles == [("two\nlines",), ("two\nlines",)]


def test_logs_that_were_packed_another_way_are_read(odd: Project) -> None:
    pages = {page for (page,) in odd.query("select landing_page_url from marts.sessions")}
    assert {"/bz2", "/xz"} <= pages


def test_an_empty_file_holds_no_rows_and_is_named_in_a_warning(odd: Project) -> None:
    output = (odd.root / "output.txt").read_text()
    assert (
        "Empty, and read when they are not any more: inputs/access_logs/rotated.log,"
        " inputs/access_logs/rotated.log.gz, inputs/hits/empty.csv."
    ) in output


def test_columns_that_no_hit_has_are_named_in_a_warning(odd: Project) -> None:
    output = (odd.root / "output.txt").read_text()
    for words in (
        "FOOTFALL_HITS: columns that are none of a hit are not read: utm_campain (utm_campaign?)"
        " in 'inputs/hits/latin-1.csv', ",
        "vistor_agent (user_agent?) in ",
        "shoe_size in ",
    ):
        assert words in output


def test_a_file_that_was_empty_is_read_when_it_is_not_any_more(odd: Project) -> None:
    odd.write("inputs/access_logs/rotated.log", log_line(3000, "/grown"))
    odd.build("--select", "+sessions")
    assert ("/grown",) in odd.query("select landing_page_url from marts.sessions")


def rejected_in(project: Project, file: str) -> list[tuple[Any, ...]]:
    return project.query(
        "select file_row, rejection_reason from marts.rejected_hits"
        f" where file_path = 'inputs/{file}'"
    )


def test_a_json_line_that_is_no_object_is_rejected(odd: Project) -> None:
    assert rejected_in(odd, "hits/odd.jsonl") == [(2, "row is no JSON object")]


def test_a_log_in_utf_8_is_read_as_such(odd: Project) -> None:
    pages = odd.query("select landing_page_url from marts.sessions")
    assert ("/Ärger/für/10€",) in pages


def test_a_line_of_control_characters_is_rejected(odd: Project) -> None:
    log = "access_logs/control.log"
    assert rejected_in(odd, log) == [(1, "line is no access log line")]


# Settings and input that change between runs


def test_a_changed_setting_applies_to_all_of_history(house: Project, tmp_path: Path) -> None:
    project = house.copy(tmp_path / "footfall")
    project.build(vars={"default_time_zone": "Pacific/Kiritimati"})
    dates = "select min(session_date) from marts.sessions where site_id = 'default'"
    assert house.query(dates) == [(START.date(),)]
    assert project.query(dates) == [(START.date(),)]
    late = f"{dates} and started_at >= '{START.date()} 10:00:00'"
    assert project.query(late) == [(START.date() + timedelta(days=1),)]


@pytest.fixture(scope="module")
def later(house: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The house after its log grew and two files came again under other names."""
    later = house.copy(tmp_path_factory.mktemp("later") / "footfall")
    with (later.root / "inputs/access_logs/good.log").open("a") as log:
        log.writelines(map(log_line, range(GOOD_LINES - 1, GOOD_LINES + 9)))
    for name in ("good", "bad"):
        source = later.root / f"inputs/hits/{name}.csv"
        shutil.copyfile(source, source.with_name(f"{name} again.csv"))
    later.build()
    return later


def test_a_log_that_grew_counts_each_line_once(house: Project, later: Project) -> None:
    hits = "select sum(hits) from marts.sessions where site_id = 'default'"
    [[before]], [[after]] = house.query(hits), later.query(hits)
    assert after == before + 10


def test_a_file_that_comes_again_is_all_duplicates(house: Project, later: Project) -> None:
    before, after = reconciliation(house), reconciliation(later)
    bad = sum(path.endswith(".csv") for path, _ in BAD_ROWS)
    assert after["raw_rows"] == raw_rows(later)
    assert after["duplicate_hits"] == 20 + BAD_CSV.count("\n") - 1 - bad
    assert after["rejected_hits"] == before["rejected_hits"] + bad
    assert after["accepted_hits"] == before["accepted_hits"] + 10


# Full refreshes


GONE = "inputs/hits/good.parquet"


@dataclass(frozen=True)
class Refused:
    project: Project
    returncode: int
    output: str
    after: Checksums


@pytest.fixture(scope="module")
def refused(house: Project, tmp_path_factory: pytest.TempPathFactory) -> Refused:
    """A full refresh after an input file is gone, and what came of it."""
    project = house.copy(tmp_path_factory.mktemp("refused") / "footfall")
    (project.root / GONE).unlink()
    done = project.run("build", *WITHOUT_TESTS, "--full-refresh")
    return Refused(project, done.returncode, done.stdout, project.checksums())


def test_a_full_refresh_that_would_lose_hits_is_refused(refused: Refused) -> None:
    assert refused.returncode != 0
    assert says(refused.output, [GONE, "drop_hits_of_missing_files"])


def test_a_refused_full_refresh_leaves_the_marts_as_they_were(
    house: Project, refused: Refused
) -> None:
    assert refused.after == house.checksums()


def test_a_run_after_a_refused_full_refresh_changes_nothing(
    house: Project, refused: Refused
) -> None:
    refused.project.build()
    assert refused.project.checksums() == house.checksums()


def test_a_full_refresh_drops_the_hits_of_a_file_that_is_gone_when_told(
    house: Project, refused: Refused
) -> None:
    vars = {"drop_hits_of_missing_files": True}
    refused.project.build("--full-refresh", vars=vars)
    hits = "select cast(sum(hits) as bigint) from marts.sessions"
    [[kept]], [[all_hits]] = refused.project.query(hits), house.query(hits)
    assert kept == all_hits - 20


# Killed runs


def run_and_kill(project: Project, moment: float) -> str:
    """Kill a run when so much of its steps is done; say where it stood."""
    with subprocess.Popen(
        project.command("build", *WITHOUT_TESTS),
        cwd=project.root,
        env=project.environment({"PYTHONUNBUFFERED": 1}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            step = re.search(r"(\d+) of (\d+) START", line)
            if step and int(step[1]) >= moment * int(step[2]) > 1:
                time.sleep(random.random() * 0.05)
                os.killpg(process.pid, signal.SIGKILL)
                return line.strip()
    raise AssertionError("the run ended before it was killed")


def test_killed_runs_leave_nothing_behind(house: Project, tmp_path: Path) -> None:
    project = house.copy(tmp_path / "killed/footfall")
    killed_at = []
    for number in range(3):
        project.hits(f"inputs/hits/late {number}.csv", good_hits(f"late {number}", 40))
        killed_at.append(run_and_kill(project, random.uniform(0.3, 1)))
        assert project.checksums().keys() == house.checksums().keys(), killed_at
    fresh = project.copy(tmp_path / "fresh/footfall")
    fresh.database.unlink()
    fresh.database.with_suffix(".duckdb.wal").unlink(missing_ok=True)
    with ThreadPoolExecutor() as pool:
        list(pool.map(Project.build, [project, fresh]))
    assert project.checksums() == fresh.checksums(), killed_at
