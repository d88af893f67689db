"""Run all benchmarks and write RESULTS.md: one command for the small and the full run.

--small   minutes: 1 million hits; its results go to work/RESULTS_small.md
--full    hours: 10, 50 and 100 million hits; its results are RESULTS.md

Figures are kept as they come, one JSON object a line; --resume goes on with a run
that was cut off, leaving out what it has measured.
"""

import argparse
import datetime
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import report
from measure import machine

HERE = Path(__file__).resolve().parent

# Name of a measurement, and the script with its arguments; `{data}` and `{work}` are
# folders.
Plan = list[tuple[str, list[str]]]


def plan(small: bool) -> Plan:
    days, rounds = ("3", "3") if small else ("30", "3")
    folders = ["--data", "{data}", "--work", "{work}"]
    steps: Plan = [
        ("generate", ["generate.py", "--days", days, "--folder", "{data}"]),
        ("fuzz", ["fuzz.py", "--sets", "100" if small else "500"]),
        ("full", ["build.py", "full", "--days", days, "--rounds", rounds, *folders]),
        ("step", ["build.py", "step", "--days", days, "--rounds", rounds, *folders]),
        ("peers", ["peers.py", "{peer_files}", "--rounds", rounds, "--folder", "{work}/peers"]),
        ("segment-days", ["textbook.py", "segment-days", "{peer_files}", "{work}/segment.duckdb"]),
        ("nothing", ["incremental.py", "nothing", "--days", days, *folders]),
    ]
    if small:
        return [
            *steps,
            ("history", ["incremental.py", "history", "--days", "3", "9", "--more", "3", *folders]),
            ("growth", ["incremental.py", "growth", "--days", "9", *folders]),
        ]
    history = ["incremental.py", "history", "--more", "5", *folders, "--days"]
    return [
        *steps,
        ("history 15", [*history, "15"]),
        ("history 150", [*history, "150"]),
        ("growth", ["incremental.py", "growth", "--days", "150", *folders]),
        ("history 300", [*history, "300"]),
        (
            "full 100 million",
            ["build.py", "full", "--days", "300", "--rounds", "1", "--memory", "16GB", *folders],
        ),
    ]  # fmt: skip


def commit() -> str:
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.strip() or "unknown"


def records_of(name: str, output: str) -> list[dict]:
    """The figures that a script printed."""
    lines = output.strip().splitlines()
    if name == "generate":
        return []
    if name == "fuzz":
        return [{"kind": "fuzz", "text": lines[-1]}]
    found = [json.loads(line) for line in lines if line.startswith("{")]
    for record in found:
        record.setdefault("kind", name)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--small", action="store_true")
    size.add_argument("--full", action="store_true")
    parser.add_argument("--data", type=Path, default=HERE / "data" / "hits")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--only", nargs="+", help="measurements, by name")
    options = parser.parse_args()
    name = "small" if options.small else "full"
    data = options.data.resolve()
    work = (options.work / name).resolve()
    work.mkdir(parents=True, exist_ok=True)
    kept = work / "records.jsonl"
    result = work / "RESULTS_small.md" if options.small else HERE / "RESULTS.md"
    if not options.resume:
        kept.unlink(missing_ok=True)
    old = kept.read_text().splitlines() if kept.exists() else []
    done = {json.loads(line)["measurement"] for line in old}

    def keep(measurement: str, records: list[dict]) -> None:
        with kept.open("a") as file:
            for record in records or [{"kind": "done"}]:
                file.write(json.dumps({"measurement": measurement, **record}) + "\n")
        lines = kept.read_text().splitlines()
        command = f"benchmarks/run.py --{name}"
        report.write([json.loads(line) for line in lines], result, command)

    if "machine" not in done:
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        facts = {"date": today, "commit": commit(), "duckdb": duckdb.__version__}
        keep("machine", [{"kind": "machine", **machine(), **facts}])
    peer_files = f"{work}/peer_hits/*.parquet"
    for measurement, (script, *arguments) in plan(options.small):
        if measurement in done or options.only and measurement not in options.only:
            continue
        print(f"== {measurement}", file=sys.stderr, flush=True)
        if "{peer_files}" in arguments:
            link_peer_files(data, work / "peer_hits", 3 if options.small else 30)
        filled = [
            argument.format(data=data, work=work, peer_files=peer_files) for argument in arguments
        ]
        output = subprocess.run(
            [sys.executable, str(HERE / script), *filled],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        keep(measurement, records_of(measurement, output))
    print(f"Results are in {result}")


def link_peer_files(data: Path, folder: Path, days: int) -> None:
    """A folder with the first days alone, for the scripts that take a glob."""
    folder.mkdir(exist_ok=True)
    for path in sorted(data.glob("hits_*.parquet"))[:days]:
        link = folder / path.name
        if not link.exists():
            link.hardlink_to(path)


if __name__ == "__main__":
    main()
