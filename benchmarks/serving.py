"""What readers of the published marts notice of a run.

So many readers, each a process that connects anew for every query as a dashboard does, ask
what dashboards ask, with pauses: first alone, then while runs of one more day each go on
and publish. Prints one JSON object: how long queries took, and whether any failed.
"""

import argparse
import datetime
import json
import multiprocessing
import random
import sys
import time
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


def serving(
    days: int, runs: int, readers: int, pause: float, alone: float, data: Path, work: Path
) -> dict:
    project: Project = built(days, data, work).copy(work / "serving")
    project.published = project.folder / "marts.duckdb"
    publishing = project.run()
    context = multiprocessing.get_context("spawn")
    stop, results = context.Event(), context.Queue()
    processes = [
        context.Process(
            target=read_until, args=(project.published, number, days, pause, stop, results)
        )
        for number in range(readers)
    ]
    for process in processes:
        process.start()
    time.sleep(5)
    phases = {"alone": (time.time(), time.time() + alone)}
    time.sleep(alone)
    started, costs = time.time(), []
    for file in days_of(data, days + runs)[days:]:
        project.add(file)
        costs.append(project.run())
    phases["beside runs"] = (started, time.time())
    stop.set()
    every = [query for _ in processes for query in results.get()]
    for process in processes:
        process.join()
    record = {
        "kind": "serving",
        "days": days,
        "hits": days * HITS_PER_DAY,
        "readers": readers,
        "runs": runs,
        "published_mb": round(project.published.stat().st_size / 1e6, 1),
        "publishing": publishing.row(),
        "run": costs[0].row() if costs else None,
        "failed": [error for *_, error in every if error][:5],
    }
    for phase, (begin, end) in phases.items():
        times = [took for at, _, took, _ in every if begin <= at < end]
        record[phase] = {
            "seconds": round(end - begin, 1),
            "queries": len(times),
            "p50": percentile(times, 0.5),
            "p95": percentile(times, 0.95),
            "worst": round(max(times, default=0), 3),
        }
    ratio = record["beside runs"]["p95"] / max(record["alone"]["p95"], 0.001)
    record["p95_ratio"] = round(ratio, 2)
    project.remove()
    return record


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=3, help="days of hits (3)")
    parser.add_argument("--runs", type=int, default=2, help="runs of one more day each (2)")
    parser.add_argument("--readers", type=int, default=16)
    parser.add_argument("--pause", type=float, default=1, help="mean seconds between queries (1)")
    parser.add_argument("--alone", type=float, default=30, help="seconds without a run (30)")
    parser.add_argument("--data", type=Path, default=HERE / "data")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    options = parser.parse_args()
    arguments = {**vars(options), "data": options.data.resolve(), "work": options.work.resolve()}
    print(json.dumps(serving(**arguments)), file=sys.stdout)


if __name__ == "__main__":
    main()
