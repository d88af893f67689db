"""The step from hits to sessions as others write it, in SQL for DuckDB.

textbook   `lag`, a running sum and `first_value` windows over wide hits
segment    the method of dbt-labs/segment: numbered, lagged, diffed, new_sessions,
           session_numbers, session_ids, and sessions grouped from them

As a script: runs the method of dbt-labs/segment day by day, with its watermark (the
last event time less three hours), and prints how many sessions it gets wrong.
"""

import argparse
import json
from pathlib import Path

import duckdb
from floor import hits_view

# The first delivery of each hit.
DEDUPLICATED = """(
    select * exclude (copy) from (
        select *, row_number() over (
            partition by hit_id order by loaded_at, event_at
        ) as copy
        from {source}
    ) where copy = 1
)"""

TEXTBOOK = """
create table out.sessions as
with lagged as (
    select *, lag(event_at) over visitor as previous_at
    from {source}
    window visitor as (partition by site_id, visitor_id order by event_at, hit_id)
),
numbered as (
    select *, sum(case when event_at - previous_at <= interval 30 minute then 0 else 1 end)
        over (
            partition by site_id, visitor_id order by event_at, hit_id
            rows unbounded preceding
        ) as number
    from lagged
),
valued as (
    select
        site_id, visitor_id, number, event_at, hit_type, value,
        first_value(hit_id) over forward as session_id,
        first_value(referrer_url) over forward as referrer_url,
        first_value(utm_source) over forward as utm_source,
        first_value(utm_medium) over forward as utm_medium,
        first_value(utm_campaign) over forward as utm_campaign,
        first_value(user_agent) over forward as user_agent,
        first_value(country_code) over forward as country_code,
        first_value(language) over forward as language,
        first_value(case when hit_type = 'page_view' then page_url end ignore nulls)
            over whole as landing_page_url,
        last_value(case when hit_type = 'page_view' then page_url end ignore nulls)
            over whole as exit_page_url,
        last_value(user_id ignore nulls) over whole as user_id
    from numbered
    window
        forward as (partition by site_id, visitor_id, number order by event_at, hit_id),
        whole as (
            partition by site_id, visitor_id, number order by event_at, hit_id
            rows between unbounded preceding and unbounded following
        )
)
select
    session_id, site_id, visitor_id,
    min(event_at) as started_at, max(event_at) as ended_at,
    count(*) as hits,
    count(*) filter (hit_type = 'page_view') as page_views,
    count(*) filter (hit_type = 'click') as clicks,
    count(*) filter (hit_type = 'form_submission') as form_submissions,
    coalesce(sum(value) filter (hit_type = 'purchase'), 0)::decimal(18, 4) as revenue,
    any_value(referrer_url) as referrer_url,
    any_value(utm_source) as utm_source,
    any_value(utm_medium) as utm_medium,
    any_value(utm_campaign) as utm_campaign,
    any_value(user_agent) as user_agent,
    any_value(country_code) as country_code,
    any_value(language) as language,
    any_value(landing_page_url) as landing_page_url,
    any_value(exit_page_url) as exit_page_url,
    any_value(user_id) as user_id
from valued
group by session_id, site_id, visitor_id;
"""

# What dbt-labs/segment does, in its order, over hits of all kinds so that the result
# can be compared. Each of its five models is a table.
SEGMENT_SESSIONIZED = """
with numbered as (
    select *, row_number() over (
        partition by site_id, visitor_id order by event_at
    ) as hit_number
    from {source}
),
lagged as (
    select *, lag(event_at) over (
        partition by site_id, visitor_id order by hit_number
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
        partition by site_id, visitor_id order by hit_number
        rows between unbounded preceding and current row
    ) as session_number
    from new_sessions
),
session_ids as (
    select
        * exclude (new_session),
        md5(site_id || visitor_id || session_number::varchar) as session_id
    from session_numbers
)
select * from session_ids
"""

SEGMENT_SESSIONS = """
select distinct
    session_id, site_id, visitor_id,
    first_value(event_at) over whole as started_at,
    last_value(event_at) over whole as ended_at,
    count(*) over whole as hits,
    count(*) filter (hit_type = 'page_view') over whole as page_views,
    count(*) filter (hit_type = 'click') over whole as clicks,
    count(*) filter (hit_type = 'form_submission') over whole as form_submissions,
    coalesce(sum(value) filter (hit_type = 'purchase') over whole, 0)::decimal(18, 4)
        as revenue,
    first_value(referrer_url) over whole as referrer_url,
    first_value(utm_source) over whole as utm_source,
    first_value(utm_medium) over whole as utm_medium,
    first_value(utm_campaign) over whole as utm_campaign,
    first_value(user_agent) over whole as user_agent,
    first_value(country_code) over whole as country_code,
    first_value(language) over whole as language,
    first_value(page_url) over whole as landing_page_url,
    last_value(page_url) over whole as exit_page_url
from {source}
window whole as (
    partition by session_id order by hit_number
    rows between unbounded preceding and unbounded following
)
"""

SEGMENT_STITCHING = """
create or replace table out.user_stitching as
select distinct
    site_id, visitor_id,
    last_value(user_id ignore nulls) over (
        partition by site_id, visitor_id order by event_at
        rows between unbounded preceding and unbounded following
    ) as user_id
from out.sessionized;
create or replace table out.stitched as
select sessions_initial.*, coalesce(user_id, visitor_id) as blended_user_id
from out.sessions_initial left join out.user_stitching using (site_id, visitor_id);
create or replace table out.sessions as
select *, row_number() over (partition by blended_user_id order by started_at)
    as session_number
from out.stitched;
"""


def run_segment(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    connection.execute(f"create table out.page_hits as from {source}")
    sessionized = SEGMENT_SESSIONIZED.format(source="out.page_hits")
    connection.execute(f"create table out.sessionized as {sessionized}")
    initial = SEGMENT_SESSIONS.format(source="out.sessionized")
    connection.execute(f"create table out.sessions_initial as {initial}")
    connection.execute(SEGMENT_STITCHING)


def run_segment_day(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what `hits` has; like the package, by the last event time less 3 hours."""
    connection.execute(
        "create or replace temp table watermark as select"
        " max(event_at) - interval 3 hour as since from out.sessionized"
    )
    connection.execute(
        f"insert into out.page_hits from {DEDUPLICATED.format(source='hits')}"
        " anti join out.page_hits using (hit_id)"
    )
    source = """(
        from out.page_hits where (site_id, visitor_id) in (
            select (site_id, visitor_id) from out.page_hits
            where event_at >= (select since from watermark)
        )
    )"""
    connection.execute(
        "create or replace temp table renewed as "
        f"select * from ({SEGMENT_SESSIONIZED.format(source=source)})"
        " where event_at >= (select since from watermark)"
    )
    connection.execute(
        "delete from out.sessionized where hit_id in (select hit_id from renewed);"
        "insert into out.sessionized from renewed"
    )
    connection.execute(
        "create or replace temp table renewed_sessions as "
        + SEGMENT_SESSIONS.format(
            source="""(
                from out.sessionized where session_id in (
                    select session_id from out.sessionized
                    where event_at >= (select since from watermark)
                )
            )"""
        )
    )
    connection.execute(
        "delete from out.sessions_initial"
        " where session_id in (select session_id from renewed_sessions);"
        "insert into out.sessions_initial from renewed_sessions"
    )
    connection.execute(SEGMENT_STITCHING)


def segment_days(files: str, database: Path) -> dict:
    """The sessions that are missing or false after a run a day."""
    database.unlink(missing_ok=True)
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
    connection.execute(f"set temp_directory = '{database}.tmp'; attach '{database}' as out")
    paths = [row[0] for row in connection.execute(f"from glob('{files}')").fetchall()]
    first_deliveries = DEDUPLICATED.format(source="hits")
    connection.execute(hits_view(paths[0]))
    run_segment(connection, first_deliveries)
    for path in paths[1:]:
        connection.execute("drop view hits")
        connection.execute(hits_view(path))
        run_segment_day(connection)
    connection.execute("drop view hits")
    connection.execute(hits_view(files))
    textbook = TEXTBOOK.replace("out.sessions as", "out.true_sessions as")
    connection.execute(textbook.format(source=first_deliveries))
    columns = "site_id, visitor_id, started_at, ended_at, hits, page_views"
    wrong = connection.execute(
        f"select (select count(*) from (select {columns} from out.true_sessions"
        f" except all select {columns} from out.sessions)), (select count(*) from"
        f" (select {columns} from out.sessions except all"
        f" select {columns} from out.true_sessions)),"
        " (select count(*) from out.true_sessions)"
    ).fetchone()
    assert wrong
    connection.close()
    database.unlink()
    return {
        "kind": "segment-days",
        "days": len(paths),
        "sessions": wrong[2],
        "missing_sessions": wrong[0],
        "false_sessions": wrong[1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", help="the hits: a glob of Parquet files, one a day")
    parser.add_argument("--work", type=Path, default=Path(__file__).parent / "work")
    options = parser.parse_args()
    print(json.dumps(segment_days(options.files, options.work / "segment.duckdb")))


if __name__ == "__main__":
    main()
