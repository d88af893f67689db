"""The same models on Spark: the same rows as on DuckDB, also after something was killed.

Needs Java and the environment of `make test-spark`; says so where they are missing.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from footfall import ROOT, Project, query
from promise import (
    ADDED_RULES,
    GOALS,
    SPLITS,
    batches,
    deliveries,
    random_hits,
    switch_rules_on,
    write_batch,
)

SPARK = ROOT / ".venv-spark/bin"

pytestmark = pytest.mark.skipif(
    not (shutil.which("java") and (SPARK / "dbt").exists()),
    reason="Spark is not tested here: Java, or the environment that `make test-spark` makes, is missing",
)
large = pytest.mark.skipif(
    not os.environ.get("FOOTFALL_TEST_SPARK"), reason="takes minutes: part of `make test-spark`"
)
MODELS = ["--exclude-resource-type", "test", "unit_test"]

FIRST = """hit_id,visitor_id,user_id,event_at,page_url,referrer_url,user_agent,hit_type,value
1,anna,,2026-03-28 23:50:00,https://shop.example.com/?utm_source=News&utm_medium=email,,"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",page_view,
2,anna,,2026-03-29 00:20:00,https://shop.example.com/a%20b,,,page_view,
3,anna,,2026-03-29 00:50:00.000001,https://shop.example.com/c,,,page_view,
4,bert,,2026-03-29 01:30:00+02:00,https://shop.example.com/,https://www.google.com/,Googlebot/2.1 (+http://www.google.com/bot.html),page_view,
5,cleo,,2026-03-29 10:00:00,https://shop.example.com/buy,https://chatgpt.com/,,purchase,12.50
6,,,2026-03-29 10:00:00,https://shop.example.com/,,,page_view,
7,dora,,not a time,https://shop.example.com/,,,page_view,
8,same,,2026-03-29 12:00:00,https://shop.example.com/1,,,page_view,
9,same,,2026-03-29 12:00:00,https://shop.example.com/2,,,click,
"""

# A late hit that joins two sessions, one delivered twice, a sign-in, a hit of another year.
SECOND = """hit_id,visitor_id,user_id,event_at,page_url,hit_type
10,anna,,2026-03-29 00:35:00,https://shop.example.com/between,click
2,anna,,2026-03-29 00:20:00,https://shop.example.com/a%20b,page_view
11,cleo,u1,2026-03-29 10:10:00,https://shop.example.com/account,page_view
12,bert,u1,2025-01-01 00:00:00,https://shop.example.com/old,page_view
"""


class Spark:
    """A warehouse of its own, and runs of a project on it, each a process."""

    def __init__(self, project: Project, master: str = "local[2]") -> None:
        self.project, self.folder = project, project.root / "spark"
        self.folder.mkdir()
        self.environment = project.environment() | {
            "FOOTFALL_WAREHOUSE": str(self.folder / "warehouse"),
            "FOOTFALL_SPARK_MASTER": master,
            "PYSPARK_PYTHON": str(SPARK / "python"),
        }

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                SPARK / "dbt", "--no-use-colors", *args, "--target", "spark",
                "--project-dir", self.project.root, "--profiles-dir", self.project.root,
                "--target-path", self.folder / "target", "--log-path", self.folder / "logs",
            ],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip

    def run(self, *args: str) -> None:
        self.finish(self.start(*args))

    def finish(self, process: subprocess.Popen[str]) -> None:
        output, _ = process.communicate(timeout=1800)
        assert process.returncode == 0, output[-5000:]

    def wait_for(self, statement: str, process: subprocess.Popen[str]) -> None:
        """Until the log of a run says that a statement is being carried out."""
        log = self.folder / "logs/dbt.log"
        deadline = time.monotonic() + 900
        while not (log.exists() and statement in log.read_text()):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)

    def rows(self, marts: list[str]) -> dict[str, Counter[tuple[Any, ...]]]:
        subprocess.run(
            [SPARK / "python", ROOT / "tests/spark_tables.py", self.folder / "warehouse",
             self.folder / "tables", *marts],
            cwd=self.folder, env=self.environment, check=True, capture_output=True,
        )  # fmt: skip
        return {mart: rows_of(f"'{self.folder}/tables/{mart}/*.parquet'") for mart in marts}


def rows_of(source: str, database: str = ":memory:") -> Counter[tuple[Any, ...]]:
    """The rows of a table, however often each is there, columns by name, all as text."""
    with duckdb.connect(database) as connection:
        connection.execute("set TimeZone = 'UTC'")
        names = sorted(row[0] for row in connection.execute(f"describe from {source}").fetchall())
        texts = ", ".join(f'cast("{name}" as varchar)' for name in names)
        return Counter(connection.execute(f"select {texts} from {source}").fetchall())


def assert_same_rows(spark: Spark) -> None:
    """As DuckDB has them, which reads the same files at once, in every mart."""
    spark.project.build()
    database = spark.project.database
    marts = [
        name
        for (name,) in query(
            database,
            "select table_name from information_schema.tables where table_schema = 'marts'"
            " and not contains(table_name, '__')",
        )
    ]
    found = spark.rows(marts)
    for mart in marts:
        expected = rows_of(f"marts.{mart}", str(database))
        assert found[mart] == expected, f"{mart}: {(found[mart] - expected).most_common(2)}"


@pytest.fixture
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    (project.root / "files").mkdir()
    project.env["FOOTFALL_HITS"] = f"{project.root}/files/*"
    return project


def test_sessions_on_spark_are_those_on_duckdb(project: Project) -> None:
    spark = Spark(project)
    project.write("files/a.csv", FIRST)
    spark.run("build", *MODELS, "--select", "+sessions")
    project.build("--select", "+sessions")
    expected = rows_of("marts.sessions", str(project.database))
    assert expected
    assert spark.rows(["sessions"])["sessions"] == expected


@large
@pytest.mark.parametrize("seed", [1, 2])
def test_random_batches_on_spark_give_the_rows_of_a_full_refresh(
    project: Project, seed: int
) -> None:
    rng = random.Random(seed)
    if seed % 2:
        address_rules = (project.root / "seeds/address_rules.csv").read_text()
        switch_rules_on(project.root)
        project.write("seeds/address_rules.csv", address_rules)  # none on Spark
    for name, lines in (ADDED_RULES | {"goals": GOALS, "session_splits": SPLITS[2]}).items():
        with (project.root / f"seeds/{name}.csv").open("a") as file:
            file.write(lines)
    spark = Spark(project)
    hits = list(random_hits(rng, 60))
    for number, rows in enumerate(batches(rng, deliveries(rng, hits), 3)):
        write_batch(rng, project.root / "files", number, rows)
        if any((project.root / "files").iterdir()):
            spark.run("build", *MODELS)
    assert_same_rows(spark)


@large
def test_killed_workers_and_drivers_cost_time_only(project: Project) -> None:
    spark = Spark(project, "local-cluster[2,1,1024]")
    project.write("files/a.csv", FIRST)
    process = spark.start("build", *MODELS)
    spark.wait_for("create table intermediate.int_session_days__next", process)
    executors = [
        int(line)
        for line in subprocess.run(
            ["pgrep", "--session", str(os.getsid(process.pid)), "-f", "CoarseGrainedExecutor"],
            capture_output=True,
            text=True,
        ).stdout.split()
    ]
    assert len(executors) == 2, "there are no workers of their own"
    os.kill(executors[0], signal.SIGKILL)
    spark.finish(process)

    project.write("files/b.csv", SECOND)
    for statement in [
        # Rows are being selected, and nothing is changed yet; then, a step is being taken.
        "create table intermediate.int_hit_deliveries__rows",
        "insert overwrite table intermediate.int_session_days",
    ]:
        process = spark.start("run", *MODELS)
        spark.wait_for(statement, process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    spark.run("run", *MODELS)
    assert_same_rows(spark)
