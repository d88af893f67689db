"""Runs every test, one kind after the other, and shows where the time went.

Lint, then dbt's seeds, models, unit and data tests on the sample in a throw-away
database, then pytest. All kinds run even when one fails; the exit code tells.
Linting and building take one processor each, and go side by side.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

BIN = Path(sys.executable).parent
Command = list[str | Path]
Result = tuple[str, float, bool]
PYTEST: Command = [BIN / "python", "-m", "pytest", "--numprocesses=auto", "--dist=loadfile"]


def run(name: str, command: Command, environment: dict[str, str], log: Path) -> Result:
    """Run a command to its end; what it says goes into `log`."""
    started = time.monotonic()
    with log.open("w") as output:
        done = subprocess.run(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    return name, time.monotonic() - started, done.returncode == 0


def main() -> int:
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("FOOTFALL_")
        } | {
            "FOOTFALL_DATABASE": f"{folder}/test.duckdb",
            "FOOTFALL_PUBLISHED": f"{folder}/marts.duckdb",
        }
        target = ["--target-path", f"{folder}/target"]
        # Of one processor each, so they go side by side.
        beside: dict[str, Command] = {
            "lint of SQL": [BIN / "sqlfluff", "lint", "--nocolor", "models", "tests"],
            "dbt build: unit and data tests": [BIN / "dbt", "--quiet", "build", *target],
        }
        logs = {name: Path(folder) / f"{number}.log" for number, name in enumerate(beside)}
        print(f"== {', '.join(beside)}, side by side", flush=True)
        running = [
            pool.submit(run, name, command, environment, logs[name])
            for name, command in beside.items()
        ]
        for future in as_completed(running):
            name = future.result()[0]
            print(f"\n== {name}\n{logs[name].read_text()}", flush=True)
            results.append(future.result())
        # The tests of a file share what they set up, hence one process.
        alone: dict[str, Command] = {
            "lint of Python": [BIN / "ruff", "check", "."],
            "pytest": [*PYTEST, "--durations=10"],
        }
        for name, command in alone.items():
            print(f"\n== {name}", flush=True)
            started = time.monotonic()
            done = subprocess.run(command, env=environment)
            results.append((name, time.monotonic() - started, done.returncode == 0))
    print("\n== where the time went")
    for name, seconds, passed in results:
        print(f"{seconds:7.0f} s  {name}: {'passed' if passed else 'FAILED'}")
    return 0 if all(passed for _, _, passed in results) else 1


if __name__ == "__main__":
    sys.exit(main())
