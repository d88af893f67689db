"""The project as a user runs it: real dbt processes on a database of their own."""

import json
import os
import shutil
import sys
from pathlib import Path

from measure import Cost, run

ROOT = Path(__file__).resolve().parent.parent
DBT = Path(sys.executable).parent / "dbt"


class Project:
    """The project with its own database, input folder and dbt target in `folder`."""

    def __init__(self, folder: Path, memory: str | None = None) -> None:
        self.folder = folder.resolve()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.inbox = self.folder / "hits"
        self.inbox.mkdir(parents=True)
        self.database = self.folder / "footfall.duckdb"
        profile = (ROOT / "profiles.yml").read_text()
        if memory:
            settings = "      settings:\n"
            assert settings in profile
            limit = f"{settings}        memory_limit: {memory}\n"
            profile = profile.replace(settings, limit)
        (self.folder / "profiles.yml").write_text(profile)

    def add(self, *files: Path) -> None:
        """Lay files into the input folder, as they arrive."""
        for file in files:
            os.link(file, self.inbox / file.name)

    def dbt(self, *arguments: str) -> Cost:
        environment = {
            "FOOTFALL_HITS": f"{self.inbox}/*.parquet",
            "FOOTFALL_DATABASE": str(self.database),
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        return run([str(DBT), *arguments], environment, ROOT, log=self.folder / "dbt.log")

    def seed(self) -> None:
        self.dbt("seed")

    def run(self, *arguments: str) -> Cost:
        return self.dbt("run", *arguments)

    def model_seconds(self) -> dict[str, float]:
        """Wall seconds of each model in the last run."""
        results = json.loads((self.folder / "target" / "run_results.json").read_text())
        return {
            result["unique_id"].split(".")[-1]: round(result["execution_time"], 3)
            for result in results["results"]
        }

    def models(self) -> int:
        return sum("operation" not in name for name in self.model_seconds())

    def database_mb(self) -> float:
        return round(self.database.stat().st_size / 1e6, 1)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def empty_project(folder: Path, models: int) -> Cost:
    """A run of a dbt project with as many models of one row, its second one."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    for number in range(models):
        (folder / "models" / f"model_{number}.sql").write_text("select 1 as one\n")
    (folder / "dbt_project.yml").write_text(
        "name: empty\nversion: '1.0.0'\nprofile: empty\nmodels: {empty: {+materialized: table}}\n"
    )
    (folder / "profiles.yml").write_text(
        "empty: {target: dev, outputs: {dev: {type: duckdb, path: empty.duckdb, threads: 1}}}\n"
    )
    environment = {
        "DBT_PROFILES_DIR": str(folder.resolve()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    command = [str(DBT), "run"]
    run(command, environment, folder, log=folder / "dbt.log")
    return run(command, environment, folder, log=folder / "dbt.log")
