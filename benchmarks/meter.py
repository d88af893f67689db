"""What each model costs within a dbt process: a plugin of dbt-duckdb, for benchmarks only.

Notes around every statement how much CPU time the process took (all threads; models run
one at a time), the wall time, the bytes read, and how many rows were inserted and
deleted. dbt names the model in a comment before each statement. At the end of the
process the sums by model go to the file that BENCHMARK_METER names, as JSON.
"""

import atexit
import json
import os
import re
import resource
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper, LocalEnvironment
from dbt.adapters.duckdb.plugins import BasePlugin
from measure import megabytes_moved

NODE = re.compile(r'"node_id": "[a-z]+\.[a-z_]+\.([^"]+)"')
COUNTED = {"INSERT": "inserted", "DELETE": "deleted", "UPDATE": "inserted", "CREATE": "inserted"}
TEMPORARY = re.compile(r"create\s+(or\s+replace\s+)?temp", re.I)

costs: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))

current = "others"


def readings() -> tuple[float, float, float]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, time.monotonic(), megabytes_moved("self")[0]


def note(model: str, before: tuple[float, float, float]) -> None:
    for name, start, end in zip(("cpu", "wall", "read_mb"), before, readings(), strict=True):
        costs[model][name] += end - start


def execute(wrapper: DuckDBCursorWrapper, sql: str, bindings: Any = None) -> Any:
    """Run the statements of a query one by one, and note what each costs."""
    global current
    found = NODE.search(sql)
    if found:
        current = found.group(1)
    # A commit, which has no comment, belongs to the model before it.
    model = current if found or sql.strip(" ;\n").lower() in ("begin", "commit") else "others"
    before, result = readings(), None
    for statement in wrapper._cursor.extract_statements(sql):
        if bindings is None:
            result = wrapper._cursor.execute(statement)
        else:
            result = wrapper._cursor.execute(statement, bindings)
        kind = COUNTED.get(statement.type.name)
        if kind and not TEMPORARY.search(statement.query):
            row = wrapper._cursor.fetchone()
            if row and isinstance(row[0], int):
                costs[model][kind] += row[0]
    note(model, before)
    return result


def close(environment: LocalEnvironment) -> None:
    before = readings()
    close_database(environment)
    note("closing the database", before)


def write(path: str) -> None:
    rounded = {
        model: {name: round(value, 3) for name, value in figures.items()}
        for model, figures in costs.items()
    }
    Path(path).write_text(json.dumps(rounded))


close_database = LocalEnvironment.close


class Plugin(BasePlugin):
    def initialize(self, plugin_config: dict[str, Any]) -> None:
        path = os.environ.get("BENCHMARK_METER")
        if path and DuckDBCursorWrapper.execute is not execute:
            DuckDBCursorWrapper.execute = execute
            LocalEnvironment.close = close
            atexit.register(write, path)
