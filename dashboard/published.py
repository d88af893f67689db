"""The published marts, opened for reading only."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """A question to the marts; its parameters are `$name` in the text."""

    sql: str
    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        used = set(re.findall(r"\$(\w+)", self.sql))
        kept = {name: value for name, value in self.parameters.items() if name in used}
        object.__setattr__(self, "parameters", kept)


@dataclass(frozen=True)
class Table:
    """What came back, and the marts that it came from."""

    rows: list[Row]
    marts: tuple[str, ...]


class NothingPublishedError(Exception):
    """There is no file yet, or none that can be opened."""


def published_path() -> Path:
    return Path(os.environ.get("FOOTFALL_PUBLISHED") or "published/marts.duckdb")


def plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


class Published:
    """One snapshot of the marts, for as long as this is open.

    Each has a DuckDB of its own, to which the file is attached: connections to one path
    share what the first of them opened, which may be an older snapshot.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise NothingPublishedError(path)
        self.connection = duckdb.connect(config={"threads": 2})
        try:
            location = str(path).replace("'", "''")
            self.connection.execute(f"attach '{location}' as published (read_only)")
            self.connection.execute("use published")
            self.snapshot = self.read(Query("select * from snapshot", {})).rows[0]
        except duckdb.Error as error:
            self.connection.close()
            raise NothingPublishedError(path) from error

    def __enter__(self) -> "Published":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def marts_of(self, query: Query) -> tuple[str, ...]:
        return tuple(sorted(self.connection.get_table_names(re.sub(r"\$\w+", "null", query.sql))))

    def read(self, query: Query) -> Table:
        marts = self.marts_of(query)
        found = self.connection.execute(query.sql, dict(query.parameters) or None)
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, map(plain, row), strict=True)) for row in found.fetchall()]
        return Table(rows, marts)
