"""The step from hits to sessions alone: the project's own SQL beside other methods.

The project's SQL is what dbt compiles for int_session_days in a full refresh, with the
models that it inlines. What that SQL reads is exported from a finished database to
Parquet files, once and outside of the timing, and given to it as views of the same names;
the other methods read the same hits from int_hits.parquet. DuckDB's methods write a
table, the others a Parquet file.

With repeats, the step starts one model earlier, at the deliveries: the project finds the
repeated ones (int_repeated_deliveries), the textbook numbers the copies of each hit.

Every run is a process of its own and counts as a whole; rounds are interleaved. The
project's rows are compared with those that its own run stored, the sessions of the others
with the mart `sessions`, column by column. Prints one line of JSON.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
from generate import HITS_PER_DAY
from history import built
from measure import Cost, medians, run
from peers import PEERS
from project import SETTINGS, Project
from textbook import DEDUPLICATED, TEXTBOOK, run_segment

HERE = Path(__file__).resolve().parent
MODEL = "model.footfall.int_session_days"
HITS = "model.footfall.int_hits"
DELIVERIES = "model.footfall.int_hit_deliveries"
PROJECT, WITH_REPEATS = "project", "project, with repeats"
METHODS = [
    PROJECT, "textbook", "segment", WITH_REPEATS, "textbook, with repeats", *PEERS,
]  # fmt: skip
# Run in the first round only: they take long, and are far from any goal.
SLOW = ("segment", "spark local[2]")
# Columns that say how hits were cut into sessions, whatever else is kept of them.
CUT = ["site_id", "visitor_id", "started_at", "ended_at", "hits", "page_views"]


def plan(nodes: dict[str, Any], given: set[str]) -> tuple[list[str], list[str]]:
    """Which of the given nodes MODEL is built from, and which models between, in order."""
    inputs: list[str] = []
    models: list[str] = []

    def need(name: str) -> None:
        if name in inputs or name in models:
            return
        node = nodes[name]
        if name in given or node["resource_type"] != "model":
            inputs.append(name)
            return
        for parent in node["depends_on"]["nodes"]:
            need(parent)
        if node["config"]["materialized"] != "ephemeral":
            models.append(name)

    need(MODEL)
    return inputs, models


def above(nodes: dict[str, Any], name: str) -> set[str]:
    """The nodes that a node is built from."""
    parents = set(nodes[name].get("depends_on", {}).get("nodes", ()))
    return parents.union(*(above(nodes, parent) for parent in parents))


def prepare(project: Project, folder: Path) -> Path:
    """Export what the step reads and compile the project's SQL; returns the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    nodes = project.manifest()["nodes"]
    plans = {
        method: plan(nodes, above(nodes, start) | {start})
        for method, start in ((PROJECT, HITS), (WITH_REPEATS, DELIVERIES))
    }
    names = sorted({name.split(".")[-1] for _, models in plans.values() for name in models})
    project.dbt("compile", "--full-refresh", "--select", *names)
    compiled = project.manifest()["nodes"]
    connection = duckdb.connect(str(project.database), read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    exported = {}
    for name in {name for inputs, _ in plans.values() for name in inputs}:
        file = folder / f"{name.split('.')[-1]}.parquet"
        relation = nodes[name]["relation_name"]
        connection.execute(f"copy {relation} to '{file}' (format parquet, compression zstd)")
        exported[name] = str(file)
    connection.close()
    steps = {
        method: {
            "views": [[nodes[name]["relation_name"], exported[name]] for name in inputs],
            "models": [
                [
                    nodes[name]["relation_name"],
                    "view" if nodes[name]["config"]["materialized"] == "view" else "table",
                    compiled[name]["compiled_code"],
                ]
                for name in models
            ],
        }
        for method, (inputs, models) in plans.items()
    }
    target = nodes[MODEL]["relation_name"]
    (folder / "plan.json").write_text(json.dumps({"target": target, "steps": steps}))
    return folder


def work(method: str, folder: Path, output: Path, memory: str | None) -> None:
    """Run one method; the body of the measured process."""
    hits = folder / "int_hits.parquet"
    if method in PEERS:
        PEERS[method](str(hits), str(output))
        return
    connection = duckdb.connect()
    for name, value in SETTINGS.items():
        connection.execute(f"set {name} = '{value}'")
    if memory:
        connection.execute(f"set memory_limit = '{memory}'")
    connection.execute(f"set temp_directory = '{output}.tmp'")
    if method.startswith(PROJECT):
        connection.execute(f"attach '{output}' as footfall")
        step = json.loads((folder / "plan.json").read_text())["steps"][method]
        for relation in [relation for relation, *_ in step["views"] + step["models"]]:
            connection.execute(f"create schema if not exists {relation.rsplit('.', 1)[0]}")
        for relation, file in step["views"]:
            connection.execute(f"create view {relation} as from '{file}'")
        for relation, kind, sql in step["models"]:
            connection.execute(f"create {kind} {relation} as {sql}")
    else:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach '{output}' as out")
        if method == "segment":
            run_segment(connection, f"'{hits}'")
        elif method == "textbook":
            connection.execute(TEXTBOOK.format(source=f"'{hits}'"))
        else:
            deliveries = f"'{folder / 'int_hit_deliveries.parquet'}'"
            first = DEDUPLICATED.format(source=deliveries)
            connection.execute(TEXTBOOK.format(source=first))
    connection.close()


def differing(method: str, project: Project, folder: Path, output: Path) -> dict[str, int]:
    """How many rows differ from the project's own, in how they were cut and at all."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach '{project.database}' as footfall (read_only)")
    target = json.loads((folder / "plan.json").read_text())["target"]
    if method.startswith(PROJECT):
        connection.execute(f"attach '{output}' as out (read_only)")
        ours, theirs = target, ".".join(['"out"', *target.split(".")[1:]])
    else:
        ours = "footfall.marts.sessions"
        theirs = f"read_parquet('{output}{'/*.parquet' if output.is_dir() else ''}')"
        if method not in PEERS:
            connection.execute(f"attach '{output}' as out (read_only)")
            theirs = "out.sessions"

    def types(relation: str) -> dict[str, str]:
        rows = connection.execute(f"describe from {relation}").fetchall()
        return {name: kind for name, kind, *_ in rows}

    known, found = types(ours), types(theirs)
    columns = [name for name in known if name in found and name != "batch_id"]
    if method == "segment":
        # Its session ids are hashes of their own.
        columns.remove("session_id")

    def count(names: list[str]) -> int:
        mine = ", ".join(names)
        cast = ", ".join(
            # Time zones aside, in which engines write what they hold in UTC.
            f"{n}::{known[n]}"
            for n in names
        )
        both = [f"select {mine} from {ours}", f"select {cast} from {theirs}"]
        return sum(
            connection.execute(f"select count(*) from ({a} except all {b})").fetchone()[0]
            for a, b in (both, reversed(both))
        )

    cut = [name for name in CUT if name in columns]
    return {"cut": count(cut), "rows": count(columns), "columns": len(columns)}


def remove(output: Path) -> None:
    shutil.rmtree(f"{output}.tmp", ignore_errors=True)
    if output.is_dir():
        shutil.rmtree(output)
    output.unlink(missing_ok=True)


def missing(names: list[str]) -> dict[str, str]:
    """Methods that cannot run here, and why."""
    why = {}
    if any("spark" in name for name in names):
        java = shutil.which("java")
        found = java and subprocess.run([java, "-version"], capture_output=True).returncode == 0
        if not found:
            why["spark local[2]"] = "no Java on this machine"
    return why


def measure(
    project: Project, folder: Path, rounds: int, names: list[str], memory: str | None = None
) -> dict[str, Any]:
    """Run the methods in interleaved rounds and compare what they made."""
    prepare(project, folder)
    failed = missing(names)
    costs: dict[str, list[Cost]] = {}
    differences: dict[str, dict[str, int]] = {}
    for number in range(rounds):
        for name in names:
            if name in failed or number and name in SLOW:
                continue
            output = folder / "sessions"
            remove(output)
            command = [sys.executable, __file__, "--worker", name, "--work", str(folder)]
            limit = ["--memory", memory] if memory else []
            try:
                cost = run([*command, *limit], log=folder / "method.log")
            except SystemExit as error:
                # A peer that fails is said in the results, not hidden.
                if name.startswith(PROJECT):
                    raise
                failed[name] = str(error).strip().splitlines()[-1][:200]
                costs.pop(name, None)
                print(f"{name} failed: {error}", file=sys.stderr)
                continue
            costs.setdefault(name, []).append(cost)
            if number == 0:
                differences[name] = differing(name, project, folder, output)
            shown = f"round {number + 1}  {name:24} {cost.cpu:8.2f} s"
            print(shown, differences[name], file=sys.stderr)
            remove(output)
    middle = {name: medians(found) for name, found in costs.items()}
    return {
        "rounds": rounds,
        "memory_limit": memory,
        "failed": failed,
        "methods": {
            name: {**cost.row(), "differing": differences[name]} for name, cost in middle.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=3, help="days of hits (3)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--memory", help="limit for DuckDB, such as 4GB")
    parser.add_argument("--data", type=Path, default=HERE / "data")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    parser.add_argument("--worker", choices=METHODS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.work, options.work / "sessions", options.memory)
        return
    project = built(options.days, options.data, options.work)
    folder = options.work / "step"
    found = measure(project, folder, options.rounds, options.methods, options.memory)
    hits = options.days * HITS_PER_DAY
    print(json.dumps({"kind": "step", "days": options.days, "hits": hits, **found}))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
