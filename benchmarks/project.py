"""The project as a user runs it: real dbt processes on a database of their own."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from measure import Cost, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DBT = Path(sys.executable).parent / "dbt"
PROFILE = yaml.safe_load((ROOT / "profiles.yml").read_text())
# What the project's profile says to DuckDB, but for what the environment decides.
SETTINGS = {
    name: value
    for name, value in PROFILE["footfall"]["outputs"]["duckdb"].get("settings", {}).items()
    if "{{" not in str(value)
}


def code() -> str:
    """A hash of what decides what the project builds."""
    files = [ROOT / "dbt_project.yml", ROOT / "profiles.yml"]
    for folder in ("macros", "models", "plugins", "seeds"):
        files += sorted(path for path in (ROOT / folder).rglob("*.*") if path.suffix != ".pyc")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


class Project:
    """The project with its own database, input folder and dbt target in `folder`.

    The database keeps its name in every copy, since DuckDB's views hold it. `last` has
    what each model of the last run cost (see meter.py).
    """

    def __init__(
        self, folder: Path, memory: str | None = None, metered: bool = True, keep: bool = False
    ) -> None:
        self.folder = folder.resolve()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.inbox = self.folder / "hits"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.database = self.folder / "footfall.duckdb"
        self.last: dict[str, dict[str, float]] = {}
        self.metered = metered
        # Where runs publish; nowhere unless that is measured.
        self.published: Path | None = None
        self.added: list[Path] = []
        output = dict(PROFILE["footfall"]["outputs"]["duckdb"])
        if memory:
            output["settings"] = {**SETTINGS, "memory_limit": memory}
        if metered:
            output["module_paths"] = [*output["module_paths"], str(HERE)]
            output["plugins"] = [*output["plugins"], {"module": "meter"}]
        profile = {"footfall": {"target": "duckdb", "outputs": {"duckdb": output}}}
        (self.folder / "profiles.yml").write_text(yaml.safe_dump(profile))

    def add(self, *files: Path) -> None:
        """Lay files into the input folder, as they arrive."""
        for file in files:
            path = self.inbox / file.name
            if not path.exists():
                os.link(file, path)
                self.added.append(path)

    def dbt(self, *arguments: str) -> Cost:
        meter = self.folder / "meter.json"
        meter.unlink(missing_ok=True)
        environment = {
            "FOOTFALL_HITS": f"{self.inbox}/*.parquet",
            "FOOTFALL_DATABASE": str(self.database),
            "FOOTFALL_PUBLISHED": str(self.published or ""),
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            **({"BENCHMARK_METER": str(meter)} if self.metered else {}),
        }
        cost = run([str(DBT), *arguments], environment, ROOT, log=self.folder / "dbt.log")
        self.last = json.loads(meter.read_text()) if meter.exists() else {}
        return cost

    def seed(self) -> None:
        self.dbt("seed")

    def run(self, *arguments: str) -> Cost:
        return self.dbt("run", *arguments)

    def total(self, figure: str) -> float:
        """Of all statements of the last run."""
        return round(sum(model.get(figure, 0) for model in self.last.values()), 3)

    def manifest(self) -> dict:
        return json.loads((self.folder / "target" / "manifest.json").read_text())

    def models(self) -> int:
        results = json.loads((self.folder / "target" / "run_results.json").read_text())
        return sum(result["unique_id"].startswith("model.") for result in results["results"])

    def database_mb(self) -> float:
        return round(self.database.stat().st_size / 1e6, 1)

    def copy(self, folder: Path, memory: str | None = None, metered: bool = True) -> "Project":
        """The same state in another folder. The input folder stays the same, since the
        database knows its files by their paths; `remove` takes out what the copy added."""
        copy = Project(folder, memory, metered)
        copy.inbox.rmdir()
        copy.inbox = self.inbox
        shutil.copytree(self.folder / "target", copy.folder / "target")
        subprocess.run(["cp", "--reflink=auto", str(self.database), str(copy.database)], check=True)
        # What dbt has parsed it parses again in a new folder: now, not when it is measured.
        copy.dbt("parse")
        return copy

    def remove(self) -> None:
        if self.inbox.parent != self.folder:
            for path in self.added:
                path.unlink()
        shutil.rmtree(self.folder, ignore_errors=True)


def empty_project(folder: Path, models: int) -> Cost:
    """A run of a dbt project with as many models of one row, its second one."""
    command = [str(DBT), "run"]
    environment = {
        "DBT_PROFILES_DIR": str(folder.resolve()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    if not folder.exists():
        (folder / "models").mkdir(parents=True)
        for number in range(models):
            (folder / "models" / f"model_{number}.sql").write_text("select 1 as one\n")
        (folder / "dbt_project.yml").write_text(
            "name: empty\nversion: '1.0.0'\nprofile: empty\n"
            "models: {empty: {+materialized: table}}\n"
        )
        (folder / "profiles.yml").write_text(
            "empty: {target: dev, outputs: {dev: {type: duckdb, path: empty.duckdb, threads: 1}}}\n"
        )
        run(command, environment, folder, log=folder / "dbt.log")
    return run(command, environment, folder, log=folder / "dbt.log")
