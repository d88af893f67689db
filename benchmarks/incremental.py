"""What one more day costs on top of a history, through real `dbt run` processes.

history   for each history: a build of so many days, then days one by one, each
          followed by a run with nothing new. The models' CPU time of a day is that of
          its process less the median of the runs with nothing new. Then a late hit of
          a year before, one of the history's first day, and a full refresh.
nothing   a run with nothing new against a run of an empty project of as many models
growth    the database after so many daily runs against one built in a single run,
          and whether both hold the same marts

Prints one JSON object a line for each measured run.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
from compare import differences
from generate import FIRST_DAY, HITS_PER_DAY, generate
from measure import Cost
from project import Project, empty_project

HERE = Path(__file__).resolve().parent


def emit(kind: str, days: int, cost: Cost | None, **more: Any) -> dict[str, Any]:
    """Print a record, and return it."""
    record = {
        "kind": kind,
        "days": days,
        "hits": days * HITS_PER_DAY,
        **(cost.row() if cost else {}),
        **more,
    }
    print(json.dumps(record), flush=True)
    print(f"{kind}, {days} days: {record.get('cpu', '')} CPU s", file=sys.stderr)
    return record


def slowest(project: Project, number: int = 12) -> dict[str, float]:
    """The models of the last run that took longest, in wall seconds."""
    ordered = sorted(project.model_seconds().items(), key=lambda item: -item[1])
    return dict(ordered[:number])


def late_file(project: Project, template: Path, name: str, day: datetime.date) -> Path:
    """A file with one hit of a day long gone, by a visitor of the history."""
    path = project.folder / name
    duckdb.connect().execute(
        f"""
        copy (
            select * replace (
                '{name}' as hit_id,
                timestamp '{day} 12:00:00.123456' as event_at,
                loaded_at + interval 30 day as loaded_at
            )
            from read_parquet('{template}') limit 1
        ) to '{path}' (format parquet)
        """
    )
    return path


def measure_history(days: int, more: int, data: Path, work: Path) -> None:
    """One history: the build, single days, late hits, a full refresh."""
    files = generate(data, days + more)
    project = Project(work / f"history_{days}")
    project.add(*files[:days])
    project.seed()
    build = project.run()
    emit("build", days, build, database_mb=project.database_mb(), models=slowest(project))
    nothing = [project.run()]
    runs: list[tuple[str, Cost, dict[str, Any]]] = []

    def measure(kind: str) -> None:
        before = project.database_mb()
        cost = project.run()
        facts = {
            "database_mb": project.database_mb(),
            "grown_mb": round(project.database_mb() - before, 1),
            "models": slowest(project),
        }
        runs.append((kind, cost, facts))
        nothing.append(project.run())

    for file in files[days:]:
        project.add(file)
        measure("day")
    last_day = FIRST_DAY + datetime.timedelta(days=days + more - 1)
    year_ago = last_day - datetime.timedelta(days=365)
    project.add(late_file(project, files[0], "late_a_year.parquet", year_ago))
    measure("late hit of a year ago")
    project.add(late_file(project, files[0], "late_first_day.parquet", FIRST_DAY))
    measure("late hit of the first day")
    idle = median(cost.cpu for cost in nothing)
    for kind, cost, facts in runs:
        emit(kind, days, cost, models_cpu=round(cost.cpu - idle, 3), **facts)
    emit("nothing new", days, Cost(idle, median(c.wall for c in nothing), 0))
    refresh = project.run("--full-refresh")
    emit(
        "full refresh",
        days,
        refresh,
        models_cpu=round(refresh.cpu - idle, 3),
        database_mb=project.database_mb(),
    )
    project.remove()


def measure_nothing(days: int, rounds: int, data: Path, work: Path) -> None:
    """Runs with nothing new, interleaved with runs of an empty project."""
    project = Project(work / "nothing")
    project.add(*generate(data, days))
    project.seed()
    project.run()
    models = project.models()
    pairs = [(project.run(), empty_project(work / "empty", models)) for _ in range(rounds)]
    emit(
        "nothing against empty",
        days,
        None,
        models=models,
        wall=median(ours.wall for ours, _ in pairs),
        cpu=median(ours.cpu for ours, _ in pairs),
        empty_wall=median(empty.wall for _, empty in pairs),
        empty_cpu=median(empty.cpu for _, empty in pairs),
        wall_ratio=round(median(ours.wall / empty.wall for ours, empty in pairs), 2),
        cpu_ratio=round(median(ours.cpu / empty.cpu for ours, empty in pairs), 2),
    )
    project.remove()


def measure_growth(days: int, data: Path, work: Path) -> None:
    """As many daily runs as days against one build of all of them."""
    files = generate(data, days)
    daily, once = Project(work / "daily"), Project(work / "once")
    daily.seed()
    costs = []
    for file in files:
        daily.add(file)
        costs.append(daily.run())
    once.seed()
    once.add(*files)
    once.run()
    found = differences(daily.database, once.database)
    emit(
        "growth",
        days,
        None,
        daily_mb=daily.database_mb(),
        once_mb=once.database_mb(),
        size_ratio=round(daily.database_mb() / once.database_mb(), 2),
        first_runs_cpu=median(cost.cpu for cost in costs[1:6] or costs),
        last_runs_cpu=median(cost.cpu for cost in costs[-5:]),
        marts_equal=not any(first or second for _, first, second in found.values()),
    )
    daily.remove()
    once.remove()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("history", "nothing", "growth"))
    parser.add_argument("--days", type=int, nargs="+", default=[15, 150, 300], help="of history")
    parser.add_argument("--more", type=int, default=5, help="days one by one (5)")
    parser.add_argument("--rounds", type=int, default=3, help="of `nothing` (3)")
    parser.add_argument("--data", type=Path, default=HERE / "data" / "hits")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    options = parser.parse_args()
    for days in options.days:
        if options.what == "history":
            measure_history(days, options.more, options.data, options.work)
        elif options.what == "nothing":
            measure_nothing(days, options.rounds, options.data, options.work)
        else:
            measure_growth(days, options.data, options.work)


if __name__ == "__main__":
    main()
