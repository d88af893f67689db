{{
    config(
        materialized='incremental',
        replace_by=['segment_date', 'segment_id', 'site_id'],
        gone_when='users = 0 and members_change = 0'
    )
}}

-- One row per segment, site (and all sites) and date on which somebody was active in the
-- segment, or came into it or left it. A run adds the persons that it touches as they are
-- now and takes them off as they were before.

with

changes as (
    select * from {{ ref('int_segment_date_changes') }}
),

touched_dates as (
    select distinct
        segment_id,
        site_id,
        segment_date
    from changes
),

changes_and_stored as (
    select * from changes

    union all

    select stored.*
    from {{ stored() }} as stored
    inner join touched_dates
        on
            stored.segment_id = touched_dates.segment_id
            and stored.site_id = touched_dates.site_id
            and stored.segment_date = touched_dates.segment_date
),

segment_dates as (
    select
        segment_id,
        site_id,
        segment_date,
        cast(sum(users) as bigint) as users,
        cast(sum(new_users) as bigint) as new_users,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(engaged_sessions) as bigint) as engaged_sessions,
        cast(sum(bounces) as bigint) as bounces,
        cast(sum(converting_sessions) as bigint) as converting_sessions,
        cast(sum(measured_sessions) as bigint) as measured_sessions,
        cast(sum(duration_seconds) as decimal(18, 6)) as duration_seconds,
        cast(sum(hits) as bigint) as hits,
        cast(sum(page_views) as bigint) as page_views,
        cast(sum(conversions) as bigint) as conversions,
        cast(sum(revenue) as decimal(18, 4)) as revenue,
        cast(sum(members_change) as bigint) as members_change
    from changes_and_stored
    group by 1, 2, 3
)

select * from segment_dates
