"""What readers of the published marts notice of a run.

So many readers, each a process that connects anew for every query as a dashboard does, ask
what dashboards ask, with pauses in between: first alone, then while runs of one more day each go on
and publish. Prints one JSON object: how long queries took, and whether any failed.
"""

import argparse
import datetime
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
from generate import FIRST_DAY, HITS_PER_DAY
from history import built, days_of
from project import Project

HERE = Path(__file__).resolve().parent

QUERIES = {
    "sessions and users per day": """
        select period_start, users, sessions from daily_users
        where site_id = '(all)' and dimension = 'all'
            and period_start between date '{first}' and date '{last}' order by 1
    """,
    "channels": """
        select channel, sum(sessions), sum(bounces) / sum(sessions), sum(conversions)
        from daily_sessions where session_date between date '{first}' and date '{last}'
        group by 1 order by 2 desc
    """,
    "campaigns of a country": """
        select source, medium, campaign, sum(sessions), sum(revenue) from daily_sessions
        where country_code = 'DE' and session_date >= date '{first}'
        group by 1, 2, 3 order by 4 desc limit 20
    """,
    "users of a range": """
        select count(distinct person_id) from user_days
        where active_date between date '{first}' and date '{last}'
    """,
    "landing pages": """
        select landing_page_url, count(*), avg(duration_seconds) from sessions
        where session_date between date '{first}' and date '{last}' and not is_bot
        group by 1 order by 2 desc limit 20
    """,
    "one person": "select * from sessions where person_id = (select any_value(person_id) from users)",
    "freshness": "from snapshot",
}


def read_until(
    path: Path,
    number: int,
    days: int,
    pause: float,
    stop: Event,
    results: multiprocessing.Queue,
) -> None:
    """Ask until told to stop; when each query began, what it was, how long it took."""
    rng = random.Random(number)
    found: list[tuple[float, str, float, str]] = []
    while not stop.is_set():
        name = rng.choice(list(QUERIES))
        first = FIRST_DAY + datetime.timedelta(days=rng.randrange(days))
        last = first + datetime.timedelta(days=7)
        started, error = time.time(), ""
        try:
            with duckdb.connect(str(path), read_only=True) as connection:
                connection.execute(QUERIES[name].format(first=first, last=last)).fetchall()
        except Exception as problem:
            error = f"{name}: {problem}"
        found.append((started, name, time.time() - started, error))
        time.sleep(rng.uniform(0, 2 * pause))
    results.put(found)


def percentile(seconds: list[float], share: float) -> float:
    return round(sorted(seconds)[int(len(seconds) * share)], 3) if seconds else 0.0


def say(text: str) -> None:
    print(f"   {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@contextmanager
def readers(
    path: Path, count: int, days: int, pause: float
) -> Iterator[list[tuple[float, str, float, str]]]:
    """So many readers, which stop at the end, also if that is an error; then what they
    asked is in the list."""
    context = multiprocessing.get_context("spawn")
    stop, results = context.Event(), context.Queue()
    processes = [
        context.Process(
            target=read_until, args=(path, number, days, pause, stop, results), daemon=True
        )
        for number in range(count)
    ]
    for process in processes:
        process.start()
    asked: list[tuple[float, str, float, str]] = []
    try:
        yield asked
    finally:
        stop.set()
        for _ in processes:
            asked += results.get(timeout=300)
        for process in processes:
            process.join()


def serving(
    days: int,
    runs: int,
    count: int,
    pause: float,
    alone: float,
    nice: int,
    data: Path,
    work: Path,
) -> dict:
    say(f"a history of {days} days: built, unless it is there")
    project: Project = built(days, data, work).copy(work / "serving")
    project.published = project.folder / "marts.duckdb"
    more = days_of(data, days + runs)[days:]
    try:
        say("the first snapshot: published")
        publishing = project.run()
        with readers(project.published, count, days, pause) as asked:
            # The first queries wait for the readers' own start.
            time.sleep(15)
            say(f"{count} readers alone, {alone:.0f} seconds")
            phases = {"alone": (time.time(), time.time() + alone)}
            time.sleep(alone)
            started, costs = time.time(), []
            # The readers are processes of their own, and keep their priority.
            os.nice(nice)
            for number, file in enumerate(more, 1):
                project.add(file)
                costs.append(project.run())
                say(f"run {number} of {runs} beside them: {costs[-1].wall:.0f} seconds")
            phases["beside runs"] = (started, time.time())
        published_mb = round(project.published.stat().st_size / 1e6, 1)
    finally:
        project.remove()
    record = {
        "kind": "serving",
        "days": days,
        "hits": days * HITS_PER_DAY,
        "readers": count,
        "pause": pause,
        "nice": nice,
        "runs": runs,
        "published_mb": published_mb,
        "publishing": publishing.row(),
        "run": costs[0].row(),
        "failed": sum(bool(error) for *_, error in asked),
        "errors": [error for *_, error in asked if error][:5],
        "phases": {},
    }
    for phase, (begin, end) in phases.items():
        asked_then = [query for query in asked if begin <= query[0] < end]
        times = [took for _, _, took, _ in asked_then]
        record["phases"][phase] = {
            "seconds": round(end - begin, 1),
            "queries": len(times),
            "p50": percentile(times, 0.5),
            "p95": percentile(times, 0.95),
            "worst": round(max(times, default=0), 3),
            "p95_of": {
                name: percentile(
                    [took for _, asked_for, took, _ in asked_then if asked_for == name], 0.95
                )
                for name in QUERIES
            },
        }
    alone_p95, beside_p95 = (record["phases"][phase]["p95"] for phase in phases)
    record["p95_ratio"] = round(beside_p95 / max(alone_p95, 0.001), 2)
    say(f"95th percentile {alone_p95} s alone, {beside_p95} s beside runs")
    return record


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=3, help="days of hits (3)")
    parser.add_argument("--runs", type=int, default=2, help="runs of one more day each (2)")
    parser.add_argument("--readers", type=int, default=16, dest="count")
    parser.add_argument("--pause", type=float, default=5, help="mean seconds between queries (5)")
    parser.add_argument("--alone", type=float, default=60, help="seconds without a run (60)")
    parser.add_argument("--nice", type=int, default=10, help="niceness of the runs (10)")
    parser.add_argument("--data", type=Path, default=HERE / "data")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    options = parser.parse_args()
    arguments = {**vars(options), "data": options.data.resolve(), "work": options.work.resolve()}
    print(json.dumps(serving(**arguments)), file=sys.stdout)


if __name__ == "__main__":
    main()
