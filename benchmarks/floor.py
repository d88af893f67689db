"""Build the core marts with one hand-written DuckDB script: floor.sql.

The floor is what the project's full build is measured against. Prints the cost as
one line of JSON; --steps adds the CPU seconds of every step.
"""

import argparse
import csv
import importlib.util
import json
import resource
import sys
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
SEEDS = (
    "bot_rules", "channel_rules", "click_ids", "site_hosts", "sites",
    "source_categories", "sources", "unwanted_referrers",
)  # fmt: skip

MACROS = r"""
create macro week_of(day) as date_trunc('week', day)::date;
create macro month_of(day) as date_trunc('month', day)::date;
create macro url_host(url) as nullif(
    regexp_extract(lower(url), '^[a-z]+://(?:[^/?#@]*@)?(?:www\.)?([^/?#:]+)', 1), '');
create macro url_parameter(url, name) as nullif(url_decode(replace(
    regexp_extract(url, '[?&]' || name || '=([^&#]*)', 1), '+', ' ')), '');
"""


def plugin_function(connection: duckdb.DuckDBPyConnection) -> None:
    """The project's own parser of user agents, as an SQL function."""
    sys.path.insert(0, str(ROOT / "plugins"))  # It imports what stands beside it.
    spec = importlib.util.spec_from_file_location("footfall", ROOT / "plugins" / "footfall.py")
    assert spec and spec.loader
    plugin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plugin)
    connection.create_function(
        "parse_user_agent",
        plugin.parse_user_agent,
        ["varchar"],
        plugin.USER_AGENT_TYPE,
    )


def load_rules(connection: duckdb.DuckDBPyConnection) -> None:
    """The project's seeds as tables."""
    for name in SEEDS:
        connection.execute(
            f"create temp table {name} as from read_csv("
            f"'{ROOT / 'seeds' / name}.csv', header = true, nullstr = '')"
        )


def literals(seed: str, column: str) -> str:
    """A column of a seed as an SQL list."""
    with (ROOT / "seeds" / f"{seed}.csv").open() as file:
        values = [row[column] for row in csv.DictReader(file)]
    return ", ".join(f"'{value}'" for value in values)


def hits_view(files: str) -> str:
    """The hits with the keys that floor.sql works on."""
    placeholders = literals("placeholder_ids", "placeholder_id")
    goals = literals("goals", "hit_type")
    return f"""
        create temp view hits as
        select
            * exclude (user_id),
            case when lower(user_id) not in ({placeholders}) then user_id end as user_id,
            (file_index::bigint << 40) + file_row_number as row_id,
            epoch_us(event_at) as us,
            hit_type in ({goals}) as is_conversion,
            hash(hit_id) as hit_key,
            hash(visitor_id) as visitor_hash,
            hash(visitor_id, site_id) as visitor_key
        from (
            select *, file_index
            from read_parquet('{files}', file_row_number = true)
        )
    """


def steps() -> list[tuple[str, str]]:
    """The steps of floor.sql, by name."""
    parts = (ROOT / "benchmarks" / "floor.sql").read_text().split("-- step: ")[1:]
    return [(part.split("\n")[0], part.split("\n", 1)[1]) for part in parts]


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def build(files: str, database: Path, memory: str | None, show_steps: bool) -> dict:
    """Build the marts into a new database and return what it cost."""
    database.unlink(missing_ok=True)
    connection = duckdb.connect()
    plugin_function(connection)
    started, cpu_started = time.monotonic(), cpu_seconds()
    connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
    # Joins as they are written, the right side hashed: after some joins with small
    # tables the optimizer takes the many sessions for few and hashes them, wide.
    connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
    if memory:
        connection.execute(f"set memory_limit = '{memory}'")
    connection.execute(f"set temp_directory = '{database}.tmp'")
    connection.execute(f"attach '{database}' as out")
    connection.execute(MACROS + hits_view(files))
    load_rules(connection)
    for name, sql in steps():
        step_started = cpu_seconds()
        connection.execute(sql)
        if show_steps:
            print(f"{name:16} {cpu_seconds() - step_started:7.2f}")
    connection.execute("detach out")
    return {
        "cpu": round(cpu_seconds() - cpu_started, 3),
        "wall": round(time.monotonic() - started, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "database_mb": database.stat().st_size // 1_000_000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", help="the hits: a glob of Parquet files")
    parser.add_argument("database", type=Path, help="the DuckDB file to make")
    parser.add_argument("--memory", help="limit for DuckDB, such as 4GB")
    parser.add_argument("--steps", action="store_true", help="print each step's cost")
    options = parser.parse_args()
    print(json.dumps(build(options.files, options.database, options.memory, options.steps)))


if __name__ == "__main__":
    main()
