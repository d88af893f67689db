"""Runs every test, one kind after the other, and shows where the time went.

Lint, then dbt's seeds, models, unit and data tests on the sample in a throw-away
database, then pytest. All kinds run even when one fails; the exit code tells.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
LINT = ["--nocolor", "--processes", "-1", "models", "tests"]
PYTEST = [BIN / "python", "-m", "pytest", "--numprocesses=auto", "--dist=loadfile"]


def main() -> int:
    durations: list[tuple[str, float, bool]] = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("FOOTFALL_")
        } | {
            "FOOTFALL_DATABASE": f"{folder}/test.duckdb",
            "FOOTFALL_PUBLISHED": f"{folder}/marts.duckdb",
        }
        target = ["--target-path", f"{folder}/target"]
        steps: list[tuple[str, list[str | Path]]] = [
            ("lint of SQL", [BIN / "sqlfluff", "lint", *LINT]),
            ("lint of Python", [BIN / "ruff", "check", "."]),
            ("dbt build: unit and data tests", [BIN / "dbt", "--quiet", "build", *target]),
            # The tests of a file share what they set up, hence one process.
            ("pytest", [*PYTEST, "--durations=10"]),
        ]
        for name, command in steps:
            print(f"\n== {name}", flush=True)
            started = time.monotonic()
            result = subprocess.run(command, env=environment)
            durations.append((name, time.monotonic() - started, result.returncode == 0))
    print("\n== where the time went")
    for name, seconds, passed in durations:
        print(f"{seconds:7.0f} s  {name}: {'passed' if passed else 'FAILED'}")
    return 0 if all(passed for _, _, passed in durations) else 1


if __name__ == "__main__":
    sys.exit(main())
