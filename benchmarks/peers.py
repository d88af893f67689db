"""The step from hits to sessions beside other engines and methods.

Each reads the same Parquet files and writes one Parquet file with a row per session:
visitor, site, first and last time (microseconds), hits and page views. Hits that were
delivered twice count twice here. Every run is a process of its own; rounds are
interleaved; results are checked against each other. Prints one line of JSON.
"""

import argparse
import glob
import json
import sys
from collections.abc import Callable
from pathlib import Path

from measure import Cost, medians, run

TIMEOUT_US = 1_800_000_000

DUCKDB_STEP = """
with stretches as (
    select
        visitor_id, site_id,
        epoch_us(event_at) // 1800000000 as stretch,
        min(epoch_us(event_at)) as first_us,
        max(epoch_us(event_at)) as last_us,
        count(*) as hits,
        count(*) filter (hit_type = 'page_view') as page_views
    from read_parquet('{files}')
    group by 1, 2, 3
),
gaps as (
    select *, case when first_us - lag(last_us) over (
        partition by visitor_id, site_id order by stretch
    ) <= 1800000000 then 0 else 1 end as starts_session
    from stretches
),
numbered as (
    select *, sum(starts_session) over (
        partition by visitor_id, site_id order by stretch rows unbounded preceding
    ) as number
    from gaps
)
select visitor_id, site_id, min(first_us) as first_us, max(last_us) as last_us,
    sum(hits)::bigint as hits, sum(page_views)::bigint as page_views
from numbered group by visitor_id, site_id, number
"""

DUCKDB_TEXTBOOK = """
with lagged as (
    select visitor_id, site_id, epoch_us(event_at) as us, hit_type, hit_id,
        lag(epoch_us(event_at)) over visitor as previous_us
    from read_parquet('{files}')
    window visitor as (partition by visitor_id, site_id order by event_at, hit_id)
),
numbered as (
    select *, sum(case when us - previous_us <= 1800000000 then 0 else 1 end) over (
        partition by visitor_id, site_id order by us, hit_id rows unbounded preceding
    ) as number
    from lagged
)
select visitor_id, site_id, min(us) as first_us, max(us) as last_us,
    count(*) as hits, count(*) filter (hit_type = 'page_view') as page_views
from numbered group by visitor_id, site_id, number
"""

DUCKDB_SEGMENT = """
with numbered as (
    select visitor_id, site_id, event_at, hit_type, row_number() over (
        partition by visitor_id, site_id order by event_at
    ) as hit_number
    from read_parquet('{files}')
),
lagged as (
    select *, lag(event_at) over (
        partition by visitor_id, site_id order by hit_number
    ) as previous_event_at
    from numbered
),
diffed as (
    select *, datediff('second', previous_event_at, event_at) as period_of_inactivity
    from lagged
),
new_sessions as (
    select *, case when period_of_inactivity <= 30 * 60 then 0 else 1 end as new_session
    from diffed
),
session_numbers as (
    select *, sum(new_session) over (
        partition by visitor_id, site_id order by hit_number
        rows between unbounded preceding and current row
    ) as session_number
    from new_sessions
),
session_ids as (
    select *, md5(site_id || visitor_id || session_number::varchar) as session_id
    from session_numbers
)
select distinct
    visitor_id, site_id,
    epoch_us(first_value(event_at) over whole) as first_us,
    epoch_us(last_value(event_at) over whole) as last_us,
    count(*) over whole as hits,
    count(*) filter (hit_type = 'page_view') over whole as page_views
from session_ids
window whole as (
    partition by session_id order by hit_number
    rows between unbounded preceding and unbounded following
)
"""


def duckdb_sql(sql: str) -> Callable[[str, str], None]:
    def work(files: str, output: str) -> None:
        import duckdb

        connection = duckdb.connect()
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"copy ({sql.format(files=files)}) to '{output}' (format parquet)")

    return work


def polars_sorted(files: str, output: str) -> None:
    import polars as pl

    keys = ["visitor_id", "site_id"]
    us = pl.col("event_at").dt.epoch("us")
    starts = (us - us.shift() > TIMEOUT_US) | pl.any_horizontal(
        pl.col(key) != pl.col(key).shift() for key in keys
    )
    (
        pl.scan_parquet(files)
        .select(*keys, "event_at", "hit_type")
        .sort(*keys, "event_at")
        .with_columns(number=starts.fill_null(True).cum_sum())
        .group_by(*keys, "number")
        .agg(
            first_us=us.min(),
            last_us=us.max(),
            hits=pl.len().cast(pl.Int64),
            page_views=(pl.col("hit_type") == "page_view").sum().cast(pl.Int64),
        )
        .select(*keys, "first_us", "last_us", "hits", "page_views")
        .sink_parquet(output, engine="streaming")
    )


def polars_stretches(files: str, output: str) -> None:
    import polars as pl

    keys = ["visitor_id", "site_id"]
    us = pl.col("event_at").dt.epoch("us")
    starts = (pl.col("first_us") - pl.col("last_us").shift() > TIMEOUT_US) | (
        pl.any_horizontal(pl.col(key) != pl.col(key).shift() for key in keys)
    )
    (
        pl.scan_parquet(files)
        .group_by(*keys, stretch=us // TIMEOUT_US)
        .agg(
            first_us=us.min(),
            last_us=us.max(),
            hits=pl.len().cast(pl.Int64),
            page_views=(pl.col("hit_type") == "page_view").sum().cast(pl.Int64),
        )
        .sort(*keys, "stretch")
        .with_columns(number=starts.fill_null(True).cum_sum())
        .group_by(*keys, "number")
        .agg(
            pl.col("first_us").min(),
            pl.col("last_us").max(),
            pl.col("hits").sum(),
            pl.col("page_views").sum(),
        )
        .drop("number")
        .sink_parquet(output, engine="streaming")
    )


def pandas_sorted(files: str, output: str) -> None:
    import pandas as pd

    keys = ["visitor_id", "site_id"]
    columns = [*keys, "event_at", "hit_type"]
    hits = pd.concat(pd.read_parquet(path, columns=columns) for path in sorted(glob.glob(files)))
    hits["us"] = hits.pop("event_at").astype("datetime64[us]").astype("int64")
    hits["page_views"] = hits.pop("hit_type") == "page_view"
    for key in keys:
        hits[key] = hits[key].astype("category")
    hits = hits.sort_values([*keys, "us"])
    starts = hits["us"].diff() > TIMEOUT_US
    for key in keys:
        starts |= hits[key].cat.codes.diff() != 0
    groups = hits.groupby(starts.cumsum())
    sessions = groups.agg(
        visitor_id=("visitor_id", "first"),
        site_id=("site_id", "first"),
        first_us=("us", "first"),
        last_us=("us", "last"),
        hits=("us", "size"),
        page_views=("page_views", "sum"),
    )
    sessions.to_parquet(output, index=False)


# ClickHouse's own way: the visitor's times as a sorted array, split at the gaps.
CHDB_ARRAYS = """
select visitor_id, site_id,
    run[1].1 as first_us, run[-1].1 as last_us, length(run) as hits,
    arraySum(x -> x.2, run) as page_views
from (
    select visitor_id, site_id, arrayJoin(arraySplit(
        (x, gap) -> gap > 1800000000, sorted, arrayDifference(arrayMap(x -> x.1, sorted))
    )) as run
    from (
        select visitor_id, site_id, arraySort(groupArray((
            toUnixTimestamp64Micro(event_at), toInt64(hit_type = 'page_view')
        ))) as sorted
        from file('{files}', Parquet)
        group by visitor_id, site_id
    )
)
"""
CHDB_WINDOWS = """
select visitor_id, site_id, min(us) as first_us, max(us) as last_us, count() as hits,
    countIf(hit_type = 'page_view') as page_views
from (
    select *, sum(starts) over (
        partition by visitor_id, site_id order by us, hit_id rows unbounded preceding
    ) as number
    from (
        select visitor_id, site_id, hit_type, hit_id,
            toUnixTimestamp64Micro(event_at) as us,
            if(row_number() over visitor = 1
                or us - lagInFrame(us) over visitor > 1800000000, 1, 0) as starts
        from file('{files}', Parquet)
        window visitor as (
            partition by visitor_id, site_id order by event_at, hit_id
            rows between unbounded preceding and unbounded following
        )
    )
)
group by visitor_id, site_id, number
"""


def chdb_sql(sql: str) -> Callable[[str, str], None]:
    def work(files: str, output: str) -> None:
        import chdb

        chdb.query(
            f"insert into function file('{output}', Parquet) {sql.format(files=files)}"
            " settings schema_inference_make_columns_nullable = 0"
        )

    return work


def spark_local(files: str, output: str) -> None:
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "8g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    keys = ["visitor_id", "site_id"]
    visitor = Window.partitionBy(*keys).orderBy("us")
    hits = spark.read.parquet(*sorted(glob.glob(files))).select(
        *keys, f.unix_micros(f.col("event_at").cast("timestamp")).alias("us"), "hit_type"
    )
    gap = f.col("us") - f.lag("us").over(visitor)
    numbered = hits.withColumn("starts", f.when(gap <= TIMEOUT_US, 0).otherwise(1)).withColumn(
        "number",
        f.sum("starts").over(visitor.rowsBetween(Window.unboundedPreceding, 0)),
    )
    numbered.groupBy(*keys, "number").agg(
        f.min("us").alias("first_us"),
        f.max("us").alias("last_us"),
        f.count("*").alias("hits"),
        f.count(f.when(f.col("hit_type") == "page_view", 1)).alias("page_views"),
    ).drop("number").write.parquet(output)
    gateway = spark.sparkContext._gateway
    spark.stop()
    # Wait for the Java process, so that its cost counts.
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


PEERS: dict[str, Callable[[str, str], None]] = {
    "project": duckdb_sql(DUCKDB_STEP),
    "duckdb textbook": duckdb_sql(DUCKDB_TEXTBOOK),
    "segment method": duckdb_sql(DUCKDB_SEGMENT),
    "polars": polars_sorted,
    "polars stretches": polars_stretches,
    "pandas": pandas_sorted,
    "chdb arrays": chdb_sql(CHDB_ARRAYS),
    "chdb windows": chdb_sql(CHDB_WINDOWS),
    "spark local[2]": spark_local,
}


def signature(output: Path) -> tuple[int, ...]:
    """Sessions, hits, page views and a checksum over all columns."""
    import duckdb

    source = f"{output}/*.parquet" if output.is_dir() else str(output)
    row = (
        duckdb.connect()
        .execute(
            "select count(*), sum(hits)::bigint, sum(page_views)::bigint,"
            " bit_xor(hash(concat_ws(' ', visitor_id::varchar, site_id::varchar,"
            " first_us::bigint, last_us::bigint, hits::bigint, page_views::bigint)))"
            f" from read_parquet('{source}')"
        )
        .fetchone()
    )
    return tuple(row or ())


def remove(output: Path) -> None:
    if output.is_dir():
        for path in output.iterdir():
            path.unlink()
        output.rmdir()
    output.unlink(missing_ok=True)


def measure(files: str, folder: Path, rounds: int, names: list[str]) -> dict:
    """Run all peers in interleaved rounds and check that they agree."""
    folder.mkdir(parents=True, exist_ok=True)
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    signatures: dict[str, tuple[int, ...]] = {}
    for number in range(rounds):
        for name in names:
            output = folder / "sessions.parquet"
            remove(output)
            command = [sys.executable, __file__, files, "--worker", name]
            cost = run([*command, "--output", str(output)], log=folder / "peer.log")
            costs[name].append(cost)
            signatures[name] = signature(output)
            print(f"round {number + 1}  {name:18} {cost.cpu:8.2f} s", file=sys.stderr)
    expected = signatures[names[0]]
    wrong = [name for name in names if signatures[name] != expected]
    if wrong:
        raise SystemExit(f"Other sessions than {names[0]}'s: {', '.join(wrong)}")
    middle = {name: medians(costs[name]) for name in names}
    base = middle[names[0]]
    return {
        "rounds": rounds,
        "signature": expected,
        "peers": {
            name: {
                **cost.row(),
                "cpu_ratio": round(cost.cpu / base.cpu, 2),
                "wall_ratio": round(cost.wall / base.wall, 2),
            }
            for name, cost in middle.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", help="the hits: a glob of Parquet files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PEERS, help="these; ratios are to the first")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / "work" / "peers")
    parser.add_argument("--worker", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--output", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        PEERS[options.worker](options.files, options.output)
        return
    names = options.only or list(PEERS)
    print(json.dumps(measure(options.files, options.folder, options.rounds, names)))


if __name__ == "__main__":
    main()
