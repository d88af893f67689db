"""Run the benchmarks, part by part, and write RESULTS.md: one command for each size.

--small   minutes: 1 million hits; its results go to work/small/RESULTS.md
--full    10, 50 and 100 million hits; its results are RESULTS.md

Every part can be run by itself (--only) and keeps its figures in work/<size>/records/,
one JSON object a line; --resume leaves out the parts whose figures are there. The results
are written anew after each part, from the figures of all.
"""

import argparse
import datetime
import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import report
from measure import commit, machine

HERE = Path(__file__).resolve().parent

# A part's script with its arguments; `{data}` and `{work}` are folders.
Parts = dict[str, list[str]]


def small_parts() -> Parts:
    return {
        "fuzz": ["fuzz.py", "--sets", "40", "--batches", "3"],
        "full": ["build.py", "--days", "3", "--rounds", "2"],
        "step": ["step.py", "--days", "3", "--rounds", "2"],
        "segment": ["textbook.py", "{data}/days/hits_2026-01-0[1-3].parquet"],
        "nothing": ["history.py", "nothing", "--days", "3", "--rounds", "2"],
        "days 1": ["history.py", "days", "--days", "1", "--more", "1"],
        "days 3": ["history.py", "days", "--days", "3", "--more", "2", "--refresh"],
        "late": ["history.py", "late", "--days", "10", "--back", "5", "--more", "1"],
        "growth": ["history.py", "growth", "--days", "8"],
        "serving": ["serving.py", "--days", "3"],
    }


def full_parts() -> Parts:
    return {
        "days of hits": ["generate.py", "--days", "155", "--folder", "{data}/days"],
        "small days of hits": [
            "generate.py", "--small", "--days", "405", "--folder", "{data}/small_days",
        ],
        "fuzz": ["fuzz.py", "--sets", "300"],
        "full": ["build.py", "--days", "30", "--rounds", "3"],
        "step": ["step.py", "--days", "30", "--rounds", "2"],
        "segment": ["textbook.py", "{data}/days/hits_2026-01-0[1-7].parquet"],
        "nothing": ["history.py", "nothing", "--days", "30", "--rounds", "5"],
        "serving": ["serving.py", "--days", "30"],
        "days 15": ["history.py", "days", "--days", "15"],
        "days 150": ["history.py", "days", "--days", "150", "--refresh"],
        "late": ["history.py", "late", "--days", "400", "--more", "3"],
        "growth": ["history.py", "growth", "--days", "150"],
        "days 300": [
            "history.py", "days", "--days", "300", "--more", "3", "--memory", "13GB",
        ],
    }  # fmt: skip


def run_part(name: str, command: list[str], data: Path, work: Path, kept: Path) -> bool:
    """Run a part and keep its figures; says whether it ran to its end."""
    print(f"== {name}", file=sys.stderr, flush=True)
    script, *arguments = [word.format(data=data, work=work) for word in command]
    folders = [] if script == "generate.py" else ["--work", str(work)]
    if script not in ("generate.py", "textbook.py", "fuzz.py"):
        folders += ["--data", str(data)]
    facts = {
        "part": name,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit(),
        "duckdb": duckdb.__version__,
        **machine(),
    }
    started = time.monotonic()
    found = subprocess.run(
        [sys.executable, str(HERE / script), *arguments, *folders],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    facts["minutes"] = round((time.monotonic() - started) / 60, 1)
    records = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
    done = {"kind": "part" if found.returncode == 0 else "failed part"}
    lines = [json.dumps({**record, "part": name}) for record in records]
    kept.write_text("\n".join([*lines, json.dumps({**done, **facts})]) + "\n")
    print(f"== {name}: {facts['minutes']} minutes", file=sys.stderr, flush=True)
    return found.returncode == 0


def records_in(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--small", action="store_true")
    size.add_argument("--full", action="store_true")
    parser.add_argument("--only", nargs="+", metavar="PART", help="these parts, by name")
    parser.add_argument("--resume", action="store_true", help="leave out what is measured")
    parser.add_argument("--report", action="store_true", help="only write the results anew")
    parser.add_argument("--data", type=Path, default=HERE / "data")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    options = parser.parse_args()
    name, parts = ("small", small_parts()) if options.small else ("full", full_parts())
    unknown = set(options.only or ()) - set(parts)
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; the parts are {', '.join(parts)}")
    work = (options.work / name).resolve()
    kept = work / "records"
    kept.mkdir(parents=True, exist_ok=True)
    files = {part: kept / f"{part.replace(' ', '_')}.jsonl" for part in parts}
    result = work / "RESULTS.md" if options.small else HERE / "RESULTS.md"
    for part, command in parts.items():
        if options.report or options.only and part not in options.only:
            continue
        known = records_in(files[part])
        if options.resume and known and known[-1]["kind"] == "part":
            continue
        run_part(part, command, options.data.resolve(), work, files[part])
        every = [record for file in files.values() for record in records_in(file)]
        report.write(every, result, name, list(parts))
    every = [record for file in files.values() for record in records_in(file)]
    report.write(every, result, name, list(parts))
    print(f"Results are in {result}")
    failed = [record["part"] for record in every if record["kind"] == "failed part"]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
