"""Says how far the models run on other warehouses: the tables in docs/warehouses.md.

python scripts/warehouses.py [--postgres 'host=/tmp dbname=postgres']

Needs sqlglot beside what is set up; Postgres also a server that may be written to, and psql.
Compiles the models as a first run on the sample does, and translates the SQL of each by
sqlglot. On Postgres every model is then run over the tables that it reads, as DuckDB built
them, and its rows are compared with DuckDB's.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/warehouses.md"
DIALECTS = {
    "BigQuery": "bigquery",
    "Snowflake": "snowflake",
    "Redshift": "redshift",
    "Trino": "trino",
    "Postgres": "postgres",
}
TYPES = {
    "VARCHAR": "text",
    "HUGEINT": "numeric",
    "DOUBLE": "double precision",
    "UBIGINT": "numeric",
}


def build(folder: Path) -> None:
    """A database with a week of the sample; what was compiled lies beside it."""
    database = folder / "footfall.duckdb"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOOTFALL_")}
    environment |= {
        "FOOTFALL_DATABASE": str(database),
        "FOOTFALL_HITS": "data/hits/hits_2026-03-08.csv.gz",
        "FOOTFALL_PUBLISHED": "",
    }
    subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--quiet", "build",
         "--exclude-resource-type", "test", "unit_test", "--target-path", folder / "target"],
        cwd=ROOT, env=environment, check=True,
    )  # fmt: skip


def compiled_models(folder: Path, database: Path) -> Iterator[tuple[str, str, str]]:
    """Schema, name and SQL of every model that is a table or view."""
    with duckdb.connect(str(database), read_only=True) as connection:
        built = connection.sql(
            "select table_name, table_schema from information_schema.tables"
        ).fetchall()
    schemas = dict(built)
    for path in sorted((folder / "target/compiled/footfall/models").rglob("*.sql")):
        if path.stem in schemas:
            yield schemas[path.stem], path.stem, path.read_text()


def prepared(tree: exp.Expression) -> exp.Expression:
    """Tables without the database's name, and a name for every query in a query."""
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    for number, subquery in enumerate(tree.find_all(exp.Subquery)):
        if isinstance(subquery.parent, exp.From | exp.Join) and not subquery.alias:
            subquery.set("alias", exp.TableAlias(this=exp.to_identifier(f"unnamed_{number}")))
    return tree


def translated(sql: str, dialect: str) -> tuple[str, str]:
    """The SQL in another dialect, or why there is none, as far as sqlglot knows."""
    try:
        tree = prepared(sqlglot.parse_one(sql, read="duckdb"))
        text = tree.sql(dialect=dialect, unsupported_level=ErrorLevel.RAISE)
        sqlglot.parse_one(text, read=dialect)
    except SqlglotError as error:
        return "", str(error).split("\n")[0].split("(")[0].strip()
    except AttributeError:  # a fault of sqlglot 30.30.0 where it says what it cannot translate
        return "", "order of nulls in a window"
    return text, ""


def parses_as_it_is(sql: str, dialect: str) -> bool:
    try:
        sqlglot.parse_one(sql.replace('"', "`") if dialect == "bigquery" else sql, read=dialect)
    except SqlglotError:
        return False
    return True


class Postgres:
    def __init__(self, connection: str, database: Path, folder: Path) -> None:
        self.connection, self.folder = connection, folder
        self.duckdb = duckdb.connect(str(database), config={"access_mode": "read_only"})
        self.duckdb.execute("set TimeZone = 'UTC'")

    def run(self, sql: str) -> str | None:
        """What Postgres has against it, if anything."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.connection],
            input=sql, capture_output=True, text=True,
        )  # fmt: skip
        message = re.search(r"ERROR: +(.*)", done.stderr)
        return (message[1] if message else done.stderr) if done.returncode else None

    def load(self) -> None:
        """All tables and views as DuckDB has them, each as a table."""
        tables = self.duckdb.sql(
            "select table_schema, table_name from information_schema.tables"
            " where not contains(table_name, '__replaced')"
        ).fetchall()
        script = ["drop schema if exists checked cascade; create schema checked;"]
        for schema in sorted({schema for schema, _ in tables}):
            script.append(f"drop schema if exists {schema} cascade; create schema {schema};")
        for schema, table in tables:
            path = self.folder / f"{schema}.{table}.csv"
            columns = self.duckdb.execute(f"describe {schema}.{table}").fetchall()
            if any("(" in row[1] and "DECIMAL" not in row[1] for row in columns):
                continue
            self.duckdb.execute(
                f"copy (from {schema}.{table}) to '{path}' (header false, null '\\N')"
            )
            types = ", ".join(f'"{row[0]}" {TYPES.get(row[1], row[1])}' for row in columns)
            script.append(f"create table {schema}.{table} ({types});")
            script.append(f"\\copy {schema}.{table} from '{path}' (format csv, null '\\N')")
        problem = self.run("\n".join(script))
        assert problem is None, problem

    def check(self, schema: str, name: str, sql: str) -> str:
        """`same rows`, or what else came of it."""
        columns = [row[0] for row in self.duckdb.execute(f"describe {schema}.{name}").fetchall()]
        path = self.folder / f"{name}.csv"
        problem = self.run(
            f"set timezone = 'UTC'; create table checked.{name} as {sql};\n"
            f"\\copy (select {', '.join(columns)} from checked.{name})"
            f" to '{path}' (format csv, null '\\N')\n"
        )
        if problem:
            return problem
        self.duckdb.execute(f"create or replace temp table found as from {schema}.{name} limit 0")
        self.duckdb.execute(
            f"copy found from '{path}' (header false, null '\\N', delimiter ',', auto_detect false)"
        )
        differing = self.duckdb.execute(
            f"select (select count(*) from (from found except all from {schema}.{name}))"
            f" + (select count(*) from (from {schema}.{name} except all from found))"
        ).fetchone()
        return "same rows" if differing == (0,) else "other rows"


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgres", help="where psql connects to")
    parser.add_argument("--folder", type=Path, help="where a build is left and found again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        database = folder / "footfall.duckdb"
        if not database.exists():
            build(folder)
        models = list(compiled_models(folder, database))
        asis = {d: sum(parses_as_it_is(sql, d) for *_, sql in models) for d in DIALECTS.values()}
        done = {
            d: sum(bool(translated(sql, d)[0]) for *_, sql in models) for d in DIALECTS.values()
        }
        sections = {
            "dialects": table(
                ["warehouse", "parse as they are", "translate without a known loss"],
                [
                    [title, f"{asis[d]} of {len(models)}", f"{done[d]} of {len(models)}"]
                    for title, d in DIALECTS.items()
                ],
            )
        }
        if options.postgres:
            postgres = Postgres(options.postgres, database, folder)
            postgres.load()
            outcomes = {}
            for schema, model, sql in models:
                text, why_not = translated(sql, "postgres")
                outcomes[model] = (
                    postgres.check(schema, model, text) if text else f"not translated: {why_not}"
                )
            for model, outcome in outcomes.items():
                print(f"{model:32} {outcome}", file=sys.stderr)
            groups: dict[str, list[str]] = {}
            for model, outcome in outcomes.items():
                groups.setdefault(re.sub(r"\(.*\)", "(…)", outcome), []).append(model)
            sections["postgres"] = table(
                ["on Postgres", "models", "which"],
                [
                    [outcome, str(len(names)), ", ".join(f"`{name}`" for name in names)]
                    for outcome, names in sorted(groups.items(), key=lambda g: -len(g[1]))
                ],
            )
            print(Counter(outcomes.values()).most_common(5), file=sys.stderr)
    text = PAGE.read_text(encoding="utf-8")
    for section, content in sections.items():
        text = re.sub(
            rf"(<!-- {section} -->\n).*?(<!-- end of {section} -->)",
            lambda found, content=content: f"{found[1]}{content}\n{found[2]}",
            text,
            flags=re.S,
        )
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
