"""An hourly run in Dagster. Every model is an asset; one dbt process builds all of them.

Set FOOTFALL to the project's folder, in which `make setup` was run and dbt has run once, so
that there is a target/manifest.json.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from dagster import (
    AssetExecutionContext,
    Definitions,
    RetryPolicy,
    ScheduleDefinition,
    define_asset_job,
)
from dagster_dbt import DbtCliResource, dbt_assets

PROJECT = Path(os.environ["FOOTFALL"]).resolve()


# Retries are for what passes, such as a disk that is full; a failed test fails again.
@dbt_assets(
    manifest=PROJECT / "target/manifest.json",
    retry_policy=RetryPolicy(max_retries=2, delay=600),
)
def marts(context: AssetExecutionContext, dbt: DbtCliResource) -> Iterator:
    # All models at once: marts are published only by a run that builds all of them.
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    yield from dbt.cli(arguments, context=context).stream()


# DuckDB lets one process write: keep the job to one run at a time, by a concurrency limit.
job = define_asset_job("footfall", selection=[marts], tags={"dagster/concurrency_key": "footfall"})

definitions = Definitions(
    assets=[marts],
    jobs=[job],
    schedules=[ScheduleDefinition(job=job, cron_schedule="5 * * * *")],
    resources={
        "dbt": DbtCliResource(
            project_dir=str(PROJECT), dbt_executable=str(PROJECT / ".venv/bin/dbt")
        )
    },
)
