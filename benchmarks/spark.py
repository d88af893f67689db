"""What a first run costs on Spark, by hits and executors, and with a bot that skews them.

python benchmarks/spark.py [--quick]     prints the figures as a table; --quick: fewer hits

Needs the environment of `make test-spark`. Each run builds sessions and users, with all
that these are built from, in a warehouse of its own on `local-cluster`: executors are
processes of one core each. What is measured stays in work/spark/records.jsonl, and is not
measured again: a run that is cut short goes on from there.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
from measure import machine, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SPARK = ROOT / ".venv-spark/bin"
SELECTION = ["--select", "+sessions", "+daily_sessions", "+users"]

# Share of a generated day, executors, whether a bot has a tenth of the hits.
RUNS = [(0.25, 1, False), (1, 1, False), (1, 2, False), (1, 2, True), (2, 2, False)]
QUICK = [(0.01, 1, False), (0.01, 2, True)]


def hits_of(folder: Path, days: float, has_bot: bool) -> Path:
    """So many days of hits; of a bot, every tenth is made one of one visitor's."""
    source = folder / "days"
    if not source.exists():
        subprocess.run(
            [sys.executable, HERE / "generate.py", "--days", "2", "--folder", source], check=True
        )
    target = folder / f"hits_{days}{'_bot' if has_bot else ''}.parquet"
    if not target.exists():
        files = sorted(source.glob("*.parquet"))[: 2 if days > 1 else 1]
        bot = "replace (if(hash(hit_id, 7) % 10 = 0, 'bot', visitor_id) as visitor_id)"
        duckdb.sql(
            f"copy (select * {bot if has_bot else ''} from read_parquet({[str(f) for f in files]})"
            f" where hash(hit_id) % 1000 < {min(days, 1) * 1000}) to '{target}'"
        )
    return target


def measured(folder: Path, days: float, executors: int, has_bot: bool) -> dict[str, Any]:
    hits = hits_of(folder, days, has_bot)
    work = folder / "run"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    environment = {
        "FOOTFALL_HITS": str(hits),
        "FOOTFALL_WAREHOUSE": str(work / "warehouse"),
        "FOOTFALL_SPARK_MASTER": f"local-cluster[{executors},1,3072]",
        "PYSPARK_PYTHON": str(SPARK / "python"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    cost = run(
        [str(part) for part in (
            SPARK / "dbt", "build", "--target", "spark", "--exclude-resource-type", "test",
            "unit_test", *SELECTION, "--project-dir", ROOT, "--profiles-dir", ROOT,
            "--target-path", work / "target", "--log-path", work / "logs",
        )],
        environment, work, folder / "run.log",
    )  # fmt: skip
    results = json.loads((work / "target/run_results.json").read_text())["results"]
    seconds = {
        result["unique_id"].split(".")[-1]: round(result["execution_time"], 1)
        for result in results
        if result["unique_id"].startswith("model.")
    }
    return {
        "hits": duckdb.sql(f"select count(*) from '{hits}'").fetchone()[0],
        "executors": executors,
        "has_bot": has_bot,
        "wall": cost.wall,
        "models": round(sum(seconds.values()), 1),
        "warehouse_mb": sum(
            file.stat().st_size for file in (work / "warehouse").rglob("*.parquet")
        ) // 1_000_000,
        "slowest": dict(sorted(seconds.items(), key=lambda item: -item[1])[:6]),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=HERE / "work/spark")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if not (SPARK / "dbt").exists():
        sys.exit("The environment of `make test-spark` is missing.")
    options.folder.mkdir(parents=True, exist_ok=True)
    records = options.folder / ("quick.jsonl" if options.quick else "records.jsonl")
    known = {}
    for line in records.read_text().splitlines() if records.exists() else []:
        record = json.loads(line)
        known[tuple(record["run"])] = record
    for key in QUICK if options.quick else RUNS:
        if key not in known:
            known[key] = {"run": key, **machine(), **measured(options.folder, *key)}
            with records.open("a") as file:
                file.write(json.dumps(known[key]) + "\n")
                os.fsync(file.fileno())
    print("| hits | executors | a bot with a tenth | models, s | s per million hits | slowest |")
    print("| --- | --- | --- | --- | --- | --- |")
    for record in known.values():
        slowest = ", ".join(f"{name} {value}" for name, value in record["slowest"].items())
        print(
            f"| {record['hits']:,} | {record['executors']} | {'yes' if record['has_bot'] else ''}"
            f" | {record['models']:.0f} | {record['models'] / record['hits'] * 1e6:.0f}"
            f" | {slowest} |"
        )


if __name__ == "__main__":
    main()
