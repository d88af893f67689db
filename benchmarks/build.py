"""The full build beside the floor: the project by dbt, and floor.sql, on the same days.

Rounds are interleaved. Both build the core marts and no others. Of the project's build,
what its SQL costs is compared (all statements of the run, and closing the database), not
dbt's own start-up; what the whole process costs stands beside it. All core marts must be
the same. Prints one line of JSON.
"""

import argparse
import json
import sys
from pathlib import Path

from compare import differences
from generate import HITS_PER_DAY
from history import days_of, figures
from measure import Cost, medians, run
from project import Project

HERE = Path(__file__).resolve().parent
# The marts that floor.sql makes, with all that they are built from.
CORE = ("--select", "+path:models/marts/core")


def floor(folder: Path, files: str, database: Path, memory: str | None) -> Cost:
    """What floor.py costs, without what Python and its packages take to start."""
    log = folder / "floor.log"
    limit = ["--memory", memory] if memory else []
    total = run([sys.executable, str(HERE / "floor.py"), files, str(database), *limit], log=log)
    own = json.loads(log.read_text().splitlines()[-1])
    return Cost(own["cpu"], own["wall"], own["peak_mb"], total.read_mb, total.written_mb)


def full_build(days: int, data: Path, work: Path, rounds: int, memory: str | None) -> dict:
    """The project and the floor on the same days; their marts must be the same."""
    files = days_of(data, days)
    floors, processes, sql, sizes = [], [], [], {}
    wrong: dict[str, tuple[int, int, int]] = {}
    for number in range(rounds):
        project = Project(work / "build", memory)
        project.add(*files)
        database = project.folder / "floor.duckdb"
        floors.append(floor(project.folder, f"{project.inbox}/*.parquet", database, memory))
        project.seed()
        processes.append(project.run(*CORE))
        sql.append(Cost(project.total("cpu"), project.total("wall"), processes[-1].peak_mb))
        shown = f"floor {floors[-1].cpu:.1f}  project's SQL {sql[-1].cpu:.1f}"
        print(f"round {number + 1}  {shown}  dbt {processes[-1].cpu:.1f}", file=sys.stderr)
        if number == 0:
            found = differences(project.database, database)
            wrong = {mart: diff for mart, diff in found.items() if any(diff[1:])}
            if wrong:
                print(f"project and floor differ: {wrong}", file=sys.stderr)
        sizes = {
            "project": project.database_mb(),
            "floor": round(database.stat().st_size / 1e6, 1),
        }
        models = figures(project)["models"]
        project.remove()
    ours, yardstick = medians(sql), medians(floors)
    return {
        "kind": "full build",
        "days": days,
        "hits": days * HITS_PER_DAY,
        "rounds": rounds,
        "memory_limit": memory,
        "wrong_marts": wrong,
        "floor": {**yardstick.row(), "database_mb": sizes["floor"]},
        "sql": ours.row(),
        "process": {**medians(processes).row(), "database_mb": sizes["project"]},
        "cpu_ratio": round(ours.cpu / yardstick.cpu, 2),
        "wall_ratio": round(ours.wall / yardstick.wall, 2),
        "memory_ratio": round(ours.peak_mb / yardstick.peak_mb, 2),
        "models": models,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=3, help="days of hits (3)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", help="limit for DuckDB, such as 13GB")
    parser.add_argument("--data", type=Path, default=HERE / "data")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    options = parser.parse_args()
    data, work = options.data.resolve(), options.work.resolve()
    print(json.dumps(full_build(options.days, data, work, options.rounds, options.memory)))


if __name__ == "__main__":
    main()
