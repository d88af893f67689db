"""What a run costs on top of a history, through real `dbt run` processes.

days      one more day, several times, each followed by a run with nothing new; a late hit
          of the history's first day; with --refresh a full refresh of it all
late      the same on a history of many small days, with a late hit of so many days ago
          (--back) and a whole day's file of then that was held back
growth    the database after many runs of one small day each against one built in a
          single run, and whether both hold the same marts
nothing   a run with nothing new against a run of an empty project of as many models

A history is built once, into --work, and measured on copies. Prints one JSON object a
line for each measured run.
"""

import argparse
import datetime
import json
import shutil
import sys
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
from compare import differences
from generate import FIRST_DAY, HITS_PER_DAY, HITS_PER_SMALL_DAY, generate
from measure import Cost
from project import Project, code, empty_project

HERE = Path(__file__).resolve().parent


def days_of(data: Path, days: int, small: bool = False) -> list[Path]:
    """The files of so many days, generated where they are not there yet."""
    return generate(data / ("small_days" if small else "days"), days, small=small)


def figures(project: Project) -> dict[str, Any]:
    """What the models of the last run cost."""
    ordered = sorted(project.last.items(), key=lambda item: -item[1].get("cpu", 0))
    return {
        "sql_cpu": project.total("cpu"),
        "sql_wall": project.total("wall"),
        "sql_read_mb": project.total("read_mb"),
        "inserted": project.total("inserted"),
        "deleted": project.total("deleted"),
        "database_mb": project.database_mb(),
        "models": dict(ordered),
    }


def built(
    days: int,
    data: Path,
    work: Path,
    small: bool = False,
    held_back: int | None = None,
    memory: str | None = None,
) -> Project:
    """The project built in one run from so many days; kept for others to measure on."""
    files = days_of(data, days, small)
    held = files.pop(held_back) if held_back is not None else None
    folder = work / f"built_{days}{'_small' if small else ''}{'_held_back' if held else ''}"
    record = folder / "built.json"
    if record.exists() and json.loads(record.read_text())["code"] == code():
        project = Project(folder, memory, keep=True)
        # What a measurement that was cut off has left there.
        for path in set(project.inbox.iterdir()) - {project.inbox / file.name for file in files}:
            path.unlink()
        return project
    project = Project(folder, memory)
    project.add(*files)
    project.seed()
    cost = project.run()
    facts = {"code": code(), "memory_limit": memory, **cost.row(), **figures(project)}
    record.write_text(json.dumps(facts))
    return project


def emit(kind: str, days: int, small: bool, cost: Cost | None, **more: Any) -> None:
    record = {
        "kind": kind,
        "days": days,
        "hits": days * (HITS_PER_SMALL_DAY if small else HITS_PER_DAY),
        "small_days": small,
        **(cost.row() if cost else {}),
        **more,
    }
    print(json.dumps(record), flush=True)
    shown = f"{kind}, {days} days: {record.get('cpu', '')} CPU s, of it"
    print(f"{shown} {record.get('sql_cpu', '')} in SQL", file=sys.stderr, flush=True)


def late_file(project: Project, template: Path, name: str, day: datetime.date) -> Path:
    """A file with one hit of a day long gone, by a visitor of the history."""
    path = project.folder / name
    duckdb.connect().execute(
        f"""
        copy (
            select * replace (
                '{name}' as hit_id,
                timestamp '{day} 12:00:00.123456' as event_at,
                timestamp '{day} 12:00:00' + interval 30 day as loaded_at
            )
            from read_parquet('{template}') limit 1
        ) to '{path}' (format parquet)
        """
    )
    return path


def measure_days(
    days: int,
    more: int,
    data: Path,
    work: Path,
    back: int | None = None,
    refresh: bool = False,
    memory: str | None = None,
) -> None:
    """One history: single days, late hits, nothing new, a full refresh. With `back`, of
    small days, one of which was held back for that long."""
    small = back is not None
    held_back = days - back if back is not None else None
    files = days_of(data, days + more, small)
    base = built(days, data, work, small, held_back, memory)
    record = json.loads((base.folder / "built.json").read_text())
    emit("build", days, small, None, **record)
    project = base.copy(work / "copy", memory)
    idle = project.run()
    emit("nothing new", days, small, idle, **figures(project))

    def measure(kind: str, *added: Path) -> None:
        before = project.database_mb()
        project.add(*added)
        cost = project.run()
        grown = round(project.database_mb() - before, 1)
        emit(kind, days, small, cost, grown_mb=grown, back=back, **figures(project))
        idle = project.run()
        emit("nothing new", days, small, idle, **figures(project))

    for file in files[days:]:
        measure("day", file)
    measure("late hit", late_file(project, files[0], "late_first_day.parquet", FIRST_DAY))
    if held_back is not None:
        day = FIRST_DAY + datetime.timedelta(days=held_back)
        measure("old hit", late_file(project, files[0], "late_old.parquet", day))
        measure("old day", files[held_back])
    if refresh:
        cost = project.run("--full-refresh")
        emit("full refresh", days, small, cost, **figures(project))
    project.remove()


def measure_nothing(days: int, rounds: int, data: Path, work: Path) -> None:
    """Runs with nothing new, interleaved with runs of an empty project."""
    project = built(days, data, work).copy(work / "nothing", metered=False)
    project.run()
    models = project.models()
    shutil.rmtree(work / "empty", ignore_errors=True)
    pairs = [(project.run(), empty_project(work / "empty", models)) for _ in range(rounds)]
    emit(
        "nothing against empty",
        days,
        False,
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
    shutil.rmtree(work / "empty")


def measure_growth(days: int, data: Path, work: Path) -> None:
    """As many daily runs as days against one build of all of them. Goes on where it was
    cut off."""
    files = days_of(data, days, small=True)
    daily = Project(work / "daily", keep=True)
    log = daily.folder / "runs.jsonl"
    if not log.exists():
        daily.seed()
        log.touch()
    for number, file in enumerate(files):
        if number < len(log.read_text().splitlines()):
            continue
        daily.add(file)
        cost = daily.run()
        found = figures(daily)
        del found["models"]
        with log.open("a") as target:
            target.write(json.dumps({**cost.row(), **found}) + "\n")
        print(f"\rrun {number + 1} of {days}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    runs = [json.loads(line) for line in log.read_text().splitlines()]
    once = built(days, data, work, small=True)
    found = differences(daily.database, once.database)
    emit(
        "growth",
        days,
        True,
        None,
        daily_mb=daily.database_mb(),
        once_mb=once.database_mb(),
        size_ratio=round(daily.database_mb() / once.database_mb(), 2),
        marts_equal=not any(first or second for _, first, second in found.values()),
        run_sql_cpu=[run["sql_cpu"] for run in runs],
        run_database_mb=[run["database_mb"] for run in runs],
    )
    daily.remove()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("days", "late", "growth", "nothing"))
    parser.add_argument("--days", type=int, default=3, help="of history (3)")
    parser.add_argument("--more", type=int, default=5, help="days one by one (5)")
    parser.add_argument("--back", type=int, default=365, help="days, of `late` (365)")
    parser.add_argument("--refresh", action="store_true", help="also a full refresh")
    parser.add_argument("--memory", help="limit for DuckDB, such as 13GB")
    parser.add_argument("--rounds", type=int, default=3, help="of `nothing` (3)")
    parser.add_argument("--data", type=Path, default=HERE / "data")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    options = parser.parse_args()
    days, data, work = options.days, options.data.resolve(), options.work.resolve()
    if options.what == "nothing":
        measure_nothing(days, options.rounds, data, work)
    elif options.what == "growth":
        measure_growth(days, data, work)
    else:
        back = options.back if options.what == "late" else None
        measure_days(days, options.more, data, work, back, options.refresh, options.memory)


if __name__ == "__main__":
    main()
