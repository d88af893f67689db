"""Runs of this dbt project for the tests: each a process of its own, with its own
database, target and logs, so that no two of them meet."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
DBT = Path(sys.executable).with_name("dbt")

Row = Mapping[str, Any]


def dbt_command(
    args: Sequence[str],
    *,
    workdir: Path,
    vars: Mapping[str, Any] | None = None,
    project: Path = ROOT,
) -> list[str]:
    """A dbt command line; what the run leaves behind goes into `workdir`."""
    options = ["--project-dir", project, "--profiles-dir", project]
    options += ["--target-path", workdir / "target", "--log-path", workdir / "logs"]
    if vars:
        options += ["--vars", json.dumps(vars)]
    return [str(part) for part in (DBT, "--no-use-colors", *args, *options)]


def dbt_environment(
    database: Path | None = None, env: Mapping[str, object] | None = None
) -> dict[str, str]:
    """The environment of a run: no FOOTFALL_ variable but those given here."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FOOTFALL_")}
    clean["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    if database:
        clean["FOOTFALL_DATABASE"] = str(database)
    return clean | {name: str(value) for name, value in (env or {}).items()}


def dbt(
    args: Sequence[str],
    *,
    database: Path,
    workdir: Path,
    env: Mapping[str, object] | None = None,
    vars: Mapping[str, Any] | None = None,
    project: Path = ROOT,
) -> subprocess.CompletedProcess[str]:
    """Run dbt to its end, whatever it is; stdout and stderr are one text, `stdout`."""
    return subprocess.run(
        dbt_command(args, workdir=workdir, vars=vars, project=project),
        env=dbt_environment(database, env),
        cwd=project,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
    )


def query(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query; the database is open only as long as it takes."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def write_hits(path: Path, rows: Iterable[Row]) -> Path:
    """Write plain hits as .csv, .jsonl or .parquet, by the ending of the path."""
    rows = list(rows)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        table = {column: [row.get(column) for row in rows] for column in columns}
        pq.write_table(pa.table(table), path)
    elif path.suffix == ".jsonl":
        text = "".join(json.dumps(row, default=str) + "\n" for row in rows)
        path.write_text(text, encoding="utf-8")
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    else:
        raise ValueError(f"no kind of plain hits: {path}")
    return path
