"""Runs of this dbt project for the tests: each a process of its own, with its own
database, target and logs, so that no two of them meet."""

import csv
import json
import os
import shutil
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
    """The environment of a run: no FOOTFALL_ variable but those given here, and nothing
    published unless they say where."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FOOTFALL_")}
    clean["FOOTFALL_PUBLISHED"] = ""
    clean["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    clean["DBT_WRITE_JSON"] = "false"  # a tenth of a short run
    if database:
        clean["FOOTFALL_DATABASE"] = str(database)
    return clean | {name: str(value) for name, value in (env or {}).items()}


def dbt(
    args: Sequence[str],
    *,
    workdir: Path,
    database: Path | None = None,
    env: Mapping[str, object] | None = None,
    vars: Mapping[str, Any] | None = None,
    project: Path = ROOT,
    timeout: float = 300,
) -> subprocess.CompletedProcess[str]:
    """Run dbt to its end, whatever it is; stdout and stderr are one text, `stdout`."""
    return subprocess.run(
        dbt_command(args, workdir=workdir, vars=vars, project=project),
        env=dbt_environment(database, env),
        cwd=project,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
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


COPIED = (
    "dbt_project.yml", "profiles.yml", "dashboard", "macros", "models", "plugins", "seeds",
)  # fmt: skip
SKIPPED = shutil.ignore_patterns("*.py", "__pycache__")
WITHOUT_TESTS = ("--exclude-resource-type", "test", "unit_test")

Checksums = dict[str, tuple[int, int]]


def checksums(database: Path) -> Checksums:
    """Of every mart the number of its rows and a sum that tells any change."""
    names = query(
        database,
        "select table_name from information_schema.tables where table_schema = 'marts'"
        " and not contains(table_name, '__') order by 1",
    )
    sums = " union all ".join(
        f"select '{name}', count(*), coalesce(sum(cast(hash(mart) as hugeint)), 0)"
        f" from marts.{name} as mart"
        for (name,) in names
    )
    return {name: (rows, total) for name, rows, total in query(database, sums)}


class Project:
    """A copy of this project: its seeds may be edited, and input files are named
    relative to it. It builds `footfall.duckdb` inside the copy."""

    # Where a copy leaves what dbt parsed, for the next copies: dbt compares it with their
    # files, and to parse all of them takes longer than a small run.
    parsed: Path | None = None

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = root / "footfall.duckdb"
        self.env: dict[str, object] = {}
        self.timeout = 300.0  # Seconds after which a run hangs, it is assumed.
        root.mkdir(parents=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(
                    source, root / name, ignore=shutil.ignore_patterns("*_unit_tests.yml")
                )
            else:
                shutil.copy(source, root / name)
        shutil.copytree(ROOT / "tests", root / "tests", ignore=SKIPPED)
        self.hand_on_parsed()

    def copy(self, root: Path) -> "Project":
        """A second project with the same seeds, input and database."""
        other = Project.__new__(Project)
        other.root, other.database = root, root / "footfall.duckdb"
        other.env = dict(self.env)
        other.timeout = self.timeout
        ignored = shutil.ignore_patterns("target", "logs")
        shutil.copytree(self.root, root, ignore=ignored, symlinks=True)
        other.hand_on_parsed()
        return other

    def hand_on_parsed(self) -> None:
        """Give dbt what it parsed in another copy, with the folder that seeds are read from."""
        if self.parsed and self.parsed.exists():
            # dbt brings it; the dashboard's environment has neither.
            import msgpack

            state = msgpack.unpackb(self.parsed.read_bytes())
            for node in state["nodes"].values():
                if "root_path" in node:
                    node["root_path"] = str(self.root)
            (self.root / "target").mkdir()
            (self.root / "target/partial_parse.msgpack").write_bytes(msgpack.packb(state))

    def command(self, *args: str, vars: Mapping[str, Any] | None = None) -> list[str]:
        return dbt_command(args, workdir=self.root, vars=vars, project=self.root)

    def environment(self, env: Mapping[str, object] | None = None) -> dict[str, str]:
        return dbt_environment(env={**self.env, **(env or {})})

    def run(
        self,
        *args: str,
        env: Mapping[str, object] | None = None,
        vars: Mapping[str, Any] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt to its end, with or without success."""
        done = dbt(
            args,
            workdir=self.root,
            env={**self.env, **(env or {})},
            vars=vars,
            project=self.root,
            timeout=self.timeout,
        )
        parsed = self.root / "target/partial_parse.msgpack"
        if self.parsed and not self.parsed.exists() and parsed.exists():
            partial = self.parsed.with_suffix(f".{os.getpid()}")
            shutil.copy(parsed, partial)
            partial.replace(self.parsed)
        return done

    def build(self, *args: str, vars: Mapping[str, Any] | None = None) -> None:
        """Seeds and models, without their tests; must succeed."""
        done = self.run("build", *WITHOUT_TESTS, *args, vars=vars)
        assert done.returncode == 0, done.stdout[-4000:]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return query(self.database, sql)

    def checksums(self) -> Checksums:
        return checksums(self.database)

    def hits(self, name: str, rows: Iterable[Row]) -> Path:
        """Write plain hits into the project."""
        return write_hits(self.root / name, rows)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return path
