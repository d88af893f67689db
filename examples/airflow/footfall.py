"""An hourly run in Airflow, by Cosmos. One task builds everything: a model is a fraction of a
second, a dbt process several, and what is published must be whole.

Set FOOTFALL to the project's folder, in which `make setup` was run. Cosmos runs dbt in a
temporary copy, hence all paths are absolute.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.sdk import dag
from cosmos import ProfileConfig
from cosmos.operators.local import DbtBuildLocalOperator, DbtSourceLocalOperator

PROJECT = Path(os.environ["FOOTFALL"]).resolve()
SHARED = {
    "project_dir": str(PROJECT),
    "profile_config": ProfileConfig(
        profile_name="footfall",
        target_name="duckdb",
        profiles_yml_filepath=PROJECT / "profiles.yml",
    ),
    "dbt_executable_path": str(PROJECT / ".venv/bin/dbt"),
    "append_env": True,
    "env": {
        "FOOTFALL_HITS": os.environ.get("FOOTFALL_HITS", f"{PROJECT}/data/hits/*"),
        "FOOTFALL_DATABASE": f"{PROJECT}/footfall.duckdb",
        "FOOTFALL_PUBLISHED": f"{PROJECT}/published/marts.duckdb",
    },
}


@dag(
    schedule="5 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,  # A run reads all that has arrived, whenever that was.
    max_active_runs=1,  # DuckDB lets one process write.
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
)
def footfall() -> None:
    # Models, seeds, data tests, and the publication of the marts.
    build = DbtBuildLocalOperator(
        task_id="build", dbt_cmd_flags=["--exclude-resource-type", "unit_test"], **SHARED
    )
    # Fails when files are too old: an alert about who delivers them, not about the run.
    freshness = DbtSourceLocalOperator(task_id="freshness", retries=0, **SHARED)
    build >> freshness


footfall()
