"""Readers of the published marts, for the tests and by hand:

    python tests/serving.py --builds 10 --readers 8
    python tests/serving.py --builds 10 --readers 8 --kill

builds a project again and again, with new hits each time, while readers compare totals
across its published marts, with pauses of up to --pause seconds. With --kill, two of three builds are killed
at a random moment. Any error and any two marts of different runs are failures.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
from footfall import WITHOUT_TESTS, Project, Row

# Each of these must be the same in all marts of a snapshot.
TOTALS = {
    "sessions": [
        "select count(*) from sessions where not is_bot",
        "select sum(sessions) from daily_sessions",
        "select sum(sessions) from users",
        "select sum(sessions) from user_days",
    ],
    "users": [
        "select count(*) from users",
        "select count(distinct person_id) from user_days",
        "select sum(new_person_sessions) from daily_sessions",
        "select sum(new_users) from monthly_users where site_id = '(all)' and dimension = 'all'",
    ],
    "rows": [
        "select count(*) from sessions",
        "select row_count from snapshot_marts where mart = 'sessions'",
    ],
}


@dataclass
class Reading:
    """What a reader has met."""

    reads: int = 0
    snapshots: set[str] = field(default_factory=set)
    mismatches: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, other: "Reading") -> None:
        self.reads += other.reads
        self.snapshots |= other.snapshots
        self.mismatches += other.mismatches
        self.errors += other.errors

    def note(self, snapshot_id: str, totals: dict[str, list[int]]) -> None:
        self.reads += 1
        self.snapshots.add(snapshot_id)
        if any(len(set(values)) > 1 for values in totals.values()):
            self.mismatches.append(f"{snapshot_id}: {totals}")


def totals_of(connection: duckdb.DuckDBPyConnection) -> tuple[str, dict[str, list[int]]]:
    def value(sql: str) -> int:
        return (connection.execute(sql).fetchone() or (None,))[0]

    (snapshot_id,) = connection.execute("select snapshot_id from snapshot").fetchone() or ("",)
    return snapshot_id, {name: list(map(value, queries)) for name, queries in TOTALS.items()}


def read_database(path: Path, reading: Reading) -> None:
    """Two looks through one connection: it must not change under the reader."""
    with duckdb.connect(str(path), read_only=True, config={"threads": 1}) as connection:
        first = totals_of(connection)
        reading.note(*first)
        time.sleep(random.random() * 0.05)
        if totals_of(connection) != first:
            reading.mismatches.append(f"{first[0]} changed while it was open")


def read_parquet(path: Path, reading: Reading) -> None:
    folder = (path.with_suffix("") / "current").resolve()
    with duckdb.connect(config={"threads": 1}) as connection:
        for file in folder.glob("*.parquet"):
            connection.execute(f"create view {file.stem} as from '{file}'")
        reading.note(*totals_of(connection))


def read_until(path: Path, pause: float, stop: Event, results: multiprocessing.Queue) -> None:
    """Read until told to stop, as a process of its own."""
    reading = Reading()
    while not stop.is_set():
        for read in (read_database, read_parquet):
            try:
                read(path, reading)
            except Exception as error:
                reading.errors.append(f"{read.__name__}: {error}")
            time.sleep(random.random() * pause)
    results.put(reading)


@contextmanager
def readers(path: Path, count: int, pause: float = 0) -> Iterator[Reading]:
    """So many readers read what is published, with pauses of up to so many seconds; what
    they met is known at the end."""
    context = multiprocessing.get_context("spawn")
    stop, results, reading = context.Event(), context.Queue(), Reading()
    processes = [
        context.Process(target=read_until, args=(path, pause, stop, results)) for _ in range(count)
    ]
    for process in processes:
        process.start()
    try:
        yield reading
    finally:
        stop.set()
        for _ in processes:
            reading.add(results.get(timeout=60))
        for process in processes:
            process.join()


def report_of(output: str) -> dict:
    """The line of JSON that a run prints."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    return json.loads(lines[-1])


def hits_of(batch: int, count: int = 200) -> list[Row]:
    """Hits of old and new visitors, on this and earlier days."""
    rng, start = random.Random(batch), datetime(2026, 5, 1)
    return [
        {
            "visitor_id": f"visitor {rng.randrange(20 * (batch + 1))}",
            "user_id": rng.choice([None, None, None, f"user {rng.randrange(30)}"]),
            "event_at": start + timedelta(days=rng.randrange(batch + 1), seconds=300 * number),
            "page_url": f"https://shop.example.com/{rng.randrange(9)}",
        }
        for number in range(count)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--builds", type=int, default=10)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--pause", type=float, default=0.5)
    parser.add_argument("--kill", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "footfall")
        project.env |= {"FOOTFALL_HITS": "inputs/*.csv", "FOOTFALL_PUBLISHED": "marts.duckdb"}
        # The readers leave a build little of the processors.
        project.timeout = 3600
        project.hits("inputs/0.csv", hits_of(0))
        started = time.monotonic()
        project.build()
        seconds, killed = time.monotonic() - started, 0
        with readers(project.root / "marts.duckdb", options.readers, options.pause) as reading:
            for number in range(1, options.builds + 1):
                project.hits(f"inputs/{number}.csv", hits_of(number))
                if options.kill and number % 3:
                    killed += killed_after(project, random.uniform(0.3, 1.2) * seconds)
                else:
                    project.build()
                print(f"build {number}", file=sys.stderr)
        left = sorted(path.name for path in project.root.glob("marts*/*"))
    print(
        f"{options.builds} builds, {killed} killed; {reading.reads:,} reads of"
        f" {len(reading.snapshots)} snapshots: {len(reading.errors)} errors,"
        f" {len(reading.mismatches)} mismatches"
    )
    print(*reading.errors[:5], *reading.mismatches[:5], *left, sep="\n")
    return 1 if reading.errors or reading.mismatches else 0


def killed_after(project: Project, seconds: float) -> bool:
    """Kill a build after so many seconds, unless it has ended by then."""
    with subprocess.Popen(
        project.command("build", *WITHOUT_TESTS),
        cwd=project.root,
        env=project.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
