"""The same models on Spark: the same rows as on DuckDB, also after a run was killed.

Needs Java and the environment of `make test-spark`; says so where they are missing.
"""

import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from footfall import ROOT, dbt

SPARK = ROOT / ".venv-spark/bin"

pytestmark = pytest.mark.skipif(
    not (shutil.which("java") and (SPARK / "dbt").exists()),
    reason="Spark is not tested here: Java, or the environment that `make test-spark` makes, is missing",
)

# Views and tables alike, and the paths of files apart, which differ by how they are named.
MARTS = [
    "sessions", "users", "user_days", "daily_sessions", "daily_users", "weekly_users",
    "monthly_users", "hit_reconciliation",
]  # fmt: skip

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
    """A warehouse of its own, and runs on it, each a process."""

    def __init__(self, folder: Path, master: str = "local[2]") -> None:
        self.folder, self.files = folder, folder / "files"
        self.files.mkdir(parents=True)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("FOOTFALL_")}
        self.environment = clean | {
            "FOOTFALL_HITS": f"{self.files}/*.csv",
            "FOOTFALL_WAREHOUSE": str(folder / "warehouse"),
            "FOOTFALL_SPARK_MASTER": master,
            "PYSPARK_PYTHON": str(SPARK / "python"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                SPARK / "dbt", "--no-use-colors", *args, "--target", "spark",
                "--project-dir", ROOT, "--profiles-dir", ROOT,
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
        process = self.start(*args)
        output, _ = process.communicate(timeout=1800)
        assert process.returncode == 0, output[-5000:]

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


def on_duckdb(folder: Path, files: Path) -> dict[str, Counter[tuple[Any, ...]]]:
    database = folder / "footfall.duckdb"
    result = dbt(
        ["build", "--exclude-resource-type", "test", "unit_test"],
        workdir=folder,
        database=database,
        env={"FOOTFALL_HITS": f"{files}/*.csv"},
    )
    assert result.returncode == 0, result.stdout
    return {mart: rows_of(f"marts.{mart}", str(database)) for mart in MARTS}


SELECTION = ["--select", *(f"+{mart}" for mart in MARTS)]
BUILD = ["build", "--exclude-resource-type", "test", "unit_test", *SELECTION]


def test_two_batches_on_spark_give_the_same_rows_as_one_on_duckdb(tmp_path: Path) -> None:
    spark = Spark(tmp_path / "spark")
    (spark.files / "a.csv").write_text(FIRST)
    spark.run(*BUILD)
    (spark.files / "b.csv").write_text(SECOND)
    spark.run("run", *SELECTION)
    expected = on_duckdb(tmp_path, spark.files)
    assert expected["sessions"]
    assert spark.rows(MARTS) == expected


@pytest.mark.skipif(not os.environ.get("FOOTFALL_TEST_SPARK"), reason="part of `make test-spark`")
def test_a_killed_driver_leaves_tables_that_the_next_run_makes_right(tmp_path: Path) -> None:
    spark = Spark(tmp_path / "spark", "local-cluster[2,1,1024]")
    (spark.files / "a.csv").write_text(FIRST)
    spark.run(*BUILD)
    (spark.files / "b.csv").write_text(SECOND)
    process = spark.start("run", *SELECTION)
    # In the middle of the run: a step has been taken, another has not.
    log = spark.folder / "logs/dbt.log"
    deadline = time.monotonic() + 900
    while "insert overwrite table intermediate.int_session_days" not in log.read_text():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    spark.run("run", *SELECTION)
    assert spark.rows(MARTS) == on_duckdb(tmp_path, spark.files)
