"""The full build beside the floor, and the step to sessions beside other methods.

Rounds are interleaved. Of a build with dbt, the cost of a run with nothing new on the
same database is taken off: it is dbt's own start-up and what the project asks the
database before it does anything. Writes one line of JSON per figure.
"""

import argparse
import json
import sys
from pathlib import Path

from compare import differences
from generate import HITS_PER_DAY, generate
from measure import Cost, medians, run
from project import Project

HERE = Path(__file__).resolve().parent


def script(folder: Path, name: str, *arguments: str) -> tuple[Cost, dict]:
    """Run a script of this folder that prints its cost as JSON."""
    log = folder / "script.log"
    total = run([sys.executable, str(HERE / name), *arguments], log=log)
    own = json.loads(log.read_text().splitlines()[-1])
    # Without what Python and its packages take to start.
    return Cost(own["cpu"], own["wall"], own["peak_mb"], total.written_mb), own


def full_build(days: int, hits: Path, folder: Path, rounds: int, memory: str | None) -> dict:
    """The project and the floor on the same days; their marts must be the same."""
    files = generate(hits, days)
    floor_costs, project_costs, nothing_costs = [], [], []
    models: dict[str, float] = {}
    for number in range(rounds):
        project = Project(folder / "build", memory)
        project.add(*files)
        floor = project.folder / "floor.duckdb"
        limit = ("--memory", memory) if memory else ()
        cost, _ = script(
            project.folder, "floor.py", f"{project.inbox}/*.parquet", str(floor), *limit
        )
        floor_costs.append(cost)
        project.seed()
        project_costs.append(project.run())
        models = project.model_seconds()
        nothing_costs.append(project.run())
        print(
            f"round {number + 1}  floor {cost.cpu:.1f}  project"
            f" {project_costs[-1].cpu:.1f}  nothing new {nothing_costs[-1].cpu:.1f}",
            file=sys.stderr,
        )
        if number == 0:
            found = differences(project.database, floor)
            wrong = {name: diff for name, diff in found.items() if any(diff[1:])}
            if wrong:
                print(f"project and floor differ: {wrong}", file=sys.stderr)
        database_mb = project.database_mb()
        floor_mb = round(floor.stat().st_size / 1e6, 1)
        project.remove()
    floor_cost, nothing = medians(floor_costs), medians(nothing_costs)
    project_cost = medians(project_costs)
    return {
        "kind": "full build",
        "days": days,
        "hits": days * HITS_PER_DAY,
        "rounds": rounds,
        "memory_limit": memory,
        "marts_equal": not wrong,
        "floor": {**floor_cost.row(), "database_mb": floor_mb},
        "project": {**project_cost.row(), "database_mb": database_mb},
        "nothing": nothing.row(),
        "cpu_ratio": round((project_cost.cpu - nothing.cpu) / floor_cost.cpu, 2),
        "wall_ratio": round((project_cost.wall - nothing.wall) / floor_cost.wall, 2),
        "memory_ratio": round(project_cost.peak_mb / floor_cost.peak_mb, 2),
        "models": dict(sorted(models.items(), key=lambda item: -item[1])),
    }


def session_step(days: int, hits: Path, folder: Path, rounds: int, memory: str | None) -> dict:
    """The step alone, by the project's method, the textbook's and segment's."""
    files = generate(hits, days)
    project = Project(folder / "step")
    project.add(*files)
    glob = f"{project.inbox}/*.parquet"
    methods = ("step", "textbook", "segment")
    costs: dict[str, list[Cost]] = {method: [] for method in methods}
    signatures = {}
    limit = ("--memory", memory) if memory else ()
    for number in range(rounds):
        for method in methods:
            database = project.folder / f"{method}.duckdb"
            cost, own = script(project.folder, "textbook.py", method, glob, str(database), *limit)
            database.unlink()
            costs[method].append(cost)
            signatures[method] = own["signature"]
            print(f"round {number + 1}  {method:10} {cost.cpu:8.2f} s", file=sys.stderr)
    project.remove()
    middle = {method: medians(costs[method]) for method in methods}
    base = middle["textbook"]
    return {
        "kind": "session step",
        "days": days,
        "hits": days * HITS_PER_DAY,
        "rounds": rounds,
        "sessions_equal": signatures["step"] == signatures["textbook"],
        "methods": {
            method: {
                **cost.row(),
                "cpu_ratio": round(cost.cpu / base.cpu, 2),
                "memory_ratio": round(cost.peak_mb / base.peak_mb, 2),
            }
            for method, cost in middle.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("full", "step"))
    parser.add_argument("--days", type=int, default=3, help="days of hits (3)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", help="limit for DuckDB, such as 16GB")
    parser.add_argument("--data", type=Path, default=HERE / "data" / "hits")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    options = parser.parse_args()
    work = full_build if options.what == "full" else session_step
    print(
        json.dumps(work(options.days, options.data, options.work, options.rounds, options.memory))
    )


if __name__ == "__main__":
    main()
