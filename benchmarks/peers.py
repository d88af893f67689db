"""The step from hits to sessions in other engines: Polars, pandas, ClickHouse, Spark.

Each function reads the hits from one Parquet file and writes a Parquet file with one
row per session: its id (the first hit's), times, counts, and what a session keeps of its
first hit, its first and last page view and its last sign-in. `step.py` runs them.

Engines are used as somebody who knows them would: columns that are needed in few rows
are fetched for those rows only, where an engine has a way to do that.
"""

from pathlib import Path

TIMEOUT_US = 1_800_000_000
KEYS = ["site_id", "visitor_id"]
# What a session keeps of its first hit.
FIRST_HIT = [
    "referrer_url", "utm_source", "utm_medium", "utm_campaign", "user_agent",
    "country_code", "language",
]  # fmt: skip
COUNTED = {"page_views": "page_view", "clicks": "click", "form_submissions": "form_submission"}


def polars_sort(hits: str, output: str) -> None:
    """Sort wide hits, then group them."""
    import polars as pl

    kind = pl.col("hit_type")
    pages = pl.col("page_url").filter(kind == "page_view")
    starts = (pl.col("event_at").diff() > pl.duration(microseconds=TIMEOUT_US)) | (
        pl.any_horizontal(pl.col(key) != pl.col(key).shift() for key in KEYS)
    )
    (
        pl.scan_parquet(hits)
        .select(*KEYS, "event_at", "hit_id", "hit_type", "value", "page_url", "user_id", *FIRST_HIT)
        .sort(*KEYS, "event_at", "hit_id")
        .with_columns(number=starts.fill_null(True).cum_sum())
        .group_by("number", maintain_order=True)
        .agg(
            pl.col("hit_id").first().alias("session_id"),
            *(pl.col(key).first() for key in KEYS),
            started_at=pl.col("event_at").first(),
            ended_at=pl.col("event_at").last(),
            hits=pl.len().cast(pl.Int64),
            **{name: (kind == value).sum().cast(pl.Int64) for name, value in COUNTED.items()},
            revenue=pl.col("value").filter(kind == "purchase").sum(),
            **{name: pl.col(name).first() for name in FIRST_HIT},
            landing_page_url=pages.first(),
            exit_page_url=pages.last(),
            user_id=pl.col("user_id").drop_nulls().last(),
        )
        .drop("number")
        .sink_parquet(output)
    )


def polars_narrow(hits: str, output: str) -> None:
    """Sort narrow hits and group them; fetch the other columns of the rows kept."""
    import polars as pl

    kind, row = pl.col("hit_type"), pl.col("row")
    views = row.filter(kind == "page_view")
    starts = (pl.col("event_at").diff() > pl.duration(microseconds=TIMEOUT_US)) | (
        pl.any_horizontal(pl.col(key) != pl.col(key).shift() for key in KEYS)
    )
    sessions = (
        pl.scan_parquet(hits)
        .with_row_index("row")
        .select(
            *KEYS, "event_at", "hit_id", "row", "value",
            pl.col("hit_type").cast(pl.Categorical), has_user=pl.col("user_id").is_not_null(),
        )
        .sort(*KEYS, "event_at", "hit_id")
        .with_columns(number=starts.fill_null(True).cum_sum())
        .group_by("number", maintain_order=True)
        .agg(
            pl.col("hit_id").first().alias("session_id"),
            *(pl.col(key).first() for key in KEYS),
            started_at=pl.col("event_at").first(),
            ended_at=pl.col("event_at").last(),
            hits=pl.len().cast(pl.Int64),
            **{name: (kind == value).sum().cast(pl.Int64) for name, value in COUNTED.items()},
            revenue=pl.col("value").filter(kind == "purchase").sum(),
            first_row=row.first(),
            landing_row=views.first(),
            exit_row=views.last(),
            sign_in_row=row.filter("has_user").last(),
        )
        .drop("number")
        .collect()
    )  # fmt: skip
    kept = {name: ("first_row", name) for name in FIRST_HIT}
    kept["landing_page_url"] = ("landing_row", "page_url")
    kept["exit_page_url"] = ("exit_row", "page_url")
    kept["user_id"] = ("sign_in_row", "user_id")
    for name, (rows, column) in kept.items():
        values = pl.read_parquet(hits, columns=[column])[column]
        sessions = sessions.with_columns(values.gather(sessions[rows]).alias(name))
    sessions.drop("first_row", "landing_row", "exit_row", "sign_in_row").write_parquet(output)


def pandas_narrow(hits: str, output: str) -> None:
    """Sort codes and times and group them; fetch the other columns of the rows kept."""
    import numpy as np
    import pandas as pd

    def column(name: str) -> pd.Series:
        return pd.read_parquet(hits, columns=[name])[name]

    frame = pd.DataFrame({key: column(key).astype("category").cat.codes for key in KEYS})
    frame["us"] = column("event_at").astype("datetime64[us]").astype("int64")
    frame["hit_type"] = column("hit_type").astype("category")
    frame["revenue"] = column("value").astype("float64").where(frame.hit_type == "purchase")
    frame["has_user"] = column("user_id").notna()
    frame = frame.sort_values([*KEYS, "us"])
    # Ids decide between hits at the same instant, which are few.
    tied = frame.duplicated([*KEYS, "us"], keep=False).to_numpy()
    hit_ids = column("hit_id")
    ties = frame[tied].assign(hit_id=lambda rows: hit_ids.loc[rows.index])
    order = frame.index.to_numpy().copy()
    order[tied] = ties.sort_values([*KEYS, "us", "hit_id"]).index
    frame = frame.loc[order]
    starts = frame.us.diff() > TIMEOUT_US
    for key in KEYS:
        starts |= frame[key].diff() != 0
    frame["session"] = starts.cumsum().to_numpy()
    frame["row"] = frame.index
    for name, value in COUNTED.items():
        frame[name] = frame.hit_type == value
    groups = frame.groupby("session")
    sessions = groups.agg(
        us=("us", "first"),
        last_us=("us", "last"),
        hits=("us", "size"),
        revenue=("revenue", "sum"),
        first_row=("row", "first"),
        **{name: (name, "sum") for name in COUNTED},
    )
    views = frame[frame.page_views].groupby("session").row
    sign_ins = frame[frame.has_user].groupby("session").row
    rows = {
        "landing_page_url": ("page_url", views.first()),
        "exit_page_url": ("page_url", views.last()),
        "user_id": ("user_id", sign_ins.last()),
        "session_id": ("hit_id", sessions.first_row),
        **{name: (name, sessions.first_row) for name in [*KEYS, *FIRST_HIT]},
    }
    for name, (source, places) in rows.items():
        values = column(source).take(places)
        sessions[name] = pd.Series(values.to_numpy(), places.index).reindex(sessions.index)
    sessions["started_at"] = sessions.pop("us").astype("datetime64[us]")
    sessions["ended_at"] = sessions.pop("last_us").astype("datetime64[us]")
    sessions["revenue"] = np.round(sessions.revenue, 4)
    sessions.drop(columns="first_row").to_parquet(output, index=False)


CHDB_OUTPUT = """
    hits, page_views, clicks, form_submissions, revenue,
    nullIf(referrer_url, '') as referrer_url, nullIf(utm_source, '') as utm_source,
    nullIf(utm_medium, '') as utm_medium, nullIf(utm_campaign, '') as utm_campaign,
    nullIf(user_agent, '') as user_agent, nullIf(country_code, '') as country_code,
    nullIf(language, '') as language, nullIf(landing_page_url, '') as landing_page_url,
    nullIf(exit_page_url, '') as exit_page_url, nullIf(user_id, '') as user_id
"""

CHDB_WINDOWS = [
    f"""
insert into function file('{{output}}', Parquet)
select session_id, site_id, visitor_id, started_at, ended_at, {CHDB_OUTPUT}
from (
    select
        site_id, visitor_id, number,
        argMin(hit_id, (event_at, hit_id)) as session_id,
        min(event_at) as started_at, max(event_at) as ended_at,
        toInt64(count()) as hits,
        toInt64(countIf(hit_type = 'page_view')) as page_views,
        toInt64(countIf(hit_type = 'click')) as clicks,
        toInt64(countIf(hit_type = 'form_submission')) as form_submissions,
        sumIf(value, hit_type = 'purchase') as revenue,
        {", ".join(f"argMin({name}, (event_at, hit_id)) as {name}" for name in FIRST_HIT)},
        argMinIf(page_url, (event_at, hit_id), hit_type = 'page_view') as landing_page_url,
        argMaxIf(page_url, (event_at, hit_id), hit_type = 'page_view') as exit_page_url,
        argMaxIf(signed_in_as, (event_at, hit_id), signed_in_as != '') as user_id
    from (
        select *, sum(starts) over (
            partition by site_id, visitor_id order by event_at, hit_id
            rows unbounded preceding
        ) as number
        from (
            select
                site_id, visitor_id, event_at, hit_id, hit_type, value, page_url,
                user_id as signed_in_as, {", ".join(FIRST_HIT)},
                if(row_number() over visitor = 1 or dateDiff('microsecond',
                    lagInFrame(event_at) over visitor, event_at) > {TIMEOUT_US}, 1, 0) as starts
            from file('{{hits}}', Parquet)
            window visitor as (
                partition by site_id, visitor_id order by event_at, hit_id
                rows between unbounded preceding and unbounded following
            )
        )
    )
    group by site_id, visitor_id, number
)
"""
]

# ClickHouse's own way: the visitor's hits as a sorted array, split at the gaps; the other
# columns are fetched for the hits kept.
CHDB_ARRAYS = [
    f"""
create table runs engine = Memory as
select
    site_id, visitor_id,
    run[1].2 as session_id, run[1].1 as first_us, run[-1].1 as last_us,
    toInt64(length(run)) as hits,
    toInt64(length(views)) as page_views,
    toInt64(countEqual(run.3, 'click')) as clicks,
    toInt64(countEqual(run.3, 'form_submission')) as form_submissions,
    arraySum(x -> x.4, run) as revenue,
    arrayFilter(x -> x.3 = 'page_view', run).2 as views,
    views[1] as landing_id, views[-1] as exit_id,
    arrayLast(x -> x.5, run).2 as sign_in_id
from (
    select site_id, visitor_id, arrayJoin(arraySplit(
        (x, gap) -> gap > {TIMEOUT_US}, sorted, arrayDifference(sorted.1)
    )) as run
    from (
        select site_id, visitor_id, arraySort(x -> (x.1, x.2), groupArray((
            toUnixTimestamp64Micro(event_at), hit_id, toLowCardinality(hit_type),
            if(hit_type = 'purchase', value, 0), user_id != ''
        ))) as sorted
        from file('{{hits}}', Parquet)
        group by site_id, visitor_id
    )
)
""",
    f"""
create table kept engine = Memory as
select hit_id, page_url, user_id, {", ".join(FIRST_HIT)}
from file('{{hits}}', Parquet)
where hit_id in (
    select arrayJoin([session_id, landing_id, exit_id, sign_in_id]) from runs
)
""",
    f"""
insert into function file('{{output}}', Parquet)
select
    session_id, site_id, visitor_id,
    fromUnixTimestamp64Micro(first_us, 'UTC') as started_at,
    fromUnixTimestamp64Micro(last_us, 'UTC') as ended_at,
    {CHDB_OUTPUT}
from (
    select
        runs.*, {", ".join(f"first_hit.{name} as {name}" for name in FIRST_HIT)},
        landing.page_url as landing_page_url, exit.page_url as exit_page_url,
        sign_in.user_id as user_id
    from runs
    left any join kept as first_hit on runs.session_id = first_hit.hit_id
    left any join kept as landing on runs.landing_id = landing.hit_id
    left any join kept as exit on runs.exit_id = exit.hit_id
    left any join kept as sign_in on runs.sign_in_id = sign_in.hit_id
)
""",
]


def run_chdb(queries: list[str], hits: str, output: str) -> None:
    from chdb import session

    clickhouse = session.Session()
    clickhouse.query("set schema_inference_make_columns_nullable = 0")
    clickhouse.query("create database step; use step")
    for query in queries:
        clickhouse.query(query.format(hits=hits, output=output))
    clickhouse.close()


def chdb_windows(hits: str, output: str) -> None:
    """Windows over wide hits, then `argMin` and `argMax` by session."""
    run_chdb(CHDB_WINDOWS, hits, output)


def chdb_arrays(hits: str, output: str) -> None:
    """Arrays of narrow hits, split at the gaps; joins for the other columns."""
    run_chdb(CHDB_ARRAYS, hits, output)


def spark_local(hits: str, output: str) -> None:
    """Windows over wide hits, then `min_by` and `max_by` by session; two cores."""
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "8g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.local.dir", str(Path(output).parent))
        .getOrCreate()
    )
    at, kind = f.col("event_at"), f.col("hit_type")
    order = f.struct("event_at", "hit_id")
    view_order = f.when(kind == "page_view", order)
    visitor = Window.partitionBy(*KEYS).orderBy("event_at", "hit_id")
    gap = f.unix_micros(at) - f.unix_micros(f.lag(at).over(visitor))
    sessions = (
        spark.read.parquet(hits)
        .withColumn("event_at", at.cast("timestamp"))
        .withColumn("starts", f.when(gap <= TIMEOUT_US, 0).otherwise(1))
        .withColumn(
            "number", f.sum("starts").over(visitor.rowsBetween(Window.unboundedPreceding, 0))
        )
        .groupBy(*KEYS, "number")
        .agg(
            f.min_by("hit_id", order).alias("session_id"),
            f.min("event_at").alias("started_at"),
            f.max("event_at").alias("ended_at"),
            f.count("*").alias("hits"),
            *(f.count(f.when(kind == v, 1)).alias(name) for name, v in COUNTED.items()),
            f.sum(f.when(kind == "purchase", f.col("value")).otherwise(0)).alias("revenue"),
            f.min_by(f.struct(*FIRST_HIT), order).alias("first_hit"),
            f.min_by("page_url", view_order).alias("landing_page_url"),
            f.max_by("page_url", view_order).alias("exit_page_url"),
            f.max_by("user_id", f.when(f.col("user_id").isNotNull(), order)).alias("user_id"),
        )
    )
    sessions.select("*", "first_hit.*").drop("number", "first_hit").write.parquet(output)
    gateway = spark.sparkContext._gateway
    spark.stop()
    # Wait for the Java process, so that its cost counts.
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


PEERS = {
    "polars narrow": polars_narrow,
    "polars sort": polars_sort,
    "pandas": pandas_narrow,
    "chdb arrays": chdb_arrays,
    "chdb windows": chdb_windows,
    "spark local[2]": spark_local,
}
