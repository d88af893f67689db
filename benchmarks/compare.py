"""Compare the core marts of two databases row for row, both ways.

Prints the number of rows that only one of them has, per mart; exits with 1 if there
are any. Columns that only one side has are named and left out.
"""

import argparse
import sys
from pathlib import Path

import duckdb

MARTS = (
    "sessions", "users", "user_days", "daily_sessions", "daily_users",
    "weekly_users", "monthly_users",
)  # fmt: skip


def columns_of(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, mart: str
) -> list[str]:
    rows = connection.execute(f"describe {database}.{schema}.{mart}").fetchall()
    return [name for name, *_ in rows]


def schema_of(connection: duckdb.DuckDBPyConnection, database: str) -> str:
    """The project's marts are in `marts`, the floor's in `main`."""
    found = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = ?"
        " and schema_name = 'marts'",
        [database],
    ).fetchall()
    return "marts" if found else "main"


def differences(first: Path, second: Path) -> dict[str, tuple[int, int, int]]:
    """Per mart: rows of the first, rows only in the first, rows only in the second."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    for name, path in (("a", first), ("b", second)):
        connection.execute(f"attach '{path}' as {name} (read_only)")
    schemas = {name: schema_of(connection, name) for name in "ab"}
    found = {}
    for mart in MARTS:
        columns = {n: columns_of(connection, n, schemas[n], mart) for n in "ab"}
        shared = [column for column in columns["a"] if column in columns["b"]]
        unshared = set(columns["a"]) ^ set(columns["b"])
        if unshared:
            print(f"{mart}: not compared: {', '.join(sorted(unshared))}")
        rows = {n: f"select {', '.join(shared)} from {n}.{schemas[n]}.{mart}" for n in "ab"}

        def count(query: str) -> int:
            row = connection.execute(f"select count(*) from ({query})").fetchone()
            return row[0] if row else 0

        found[mart] = (
            count(rows["a"]),
            count(f"{rows['a']} except all {rows['b']}"),
            count(f"{rows['b']} except all {rows['a']}"),
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    options = parser.parse_args()
    found = differences(options.first, options.second)
    for mart, (rows, only_first, only_second) in found.items():
        print(f"{mart:16} {rows:>12,} rows  {only_first:>9,} / {only_second:,} differ")
    sys.exit(any(first or second for _, first, second in found.values()))


if __name__ == "__main__":
    main()
