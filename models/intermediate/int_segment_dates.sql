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

day_changes as (
    select
        {{ columns_of('int_segment_days') }},
        1 as change
    from {{ ref('int_segment_days') }}
    where batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_segment_days') }},
        -1 as change
    from {{ replaced(ref('int_segment_days')) }}
    where
        batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

-- A person comes into a segment on one date, and may leave it on another.
turns as (
    select
        segment_id,
        entered_date as turn_date,
        1 as change
    from {{ ref('int_segment_members') }}
    where session_id is null and batch_id > {{ batch_seen() }}

    union all

    select
        segment_id,
        left_date as turn_date,
        -1 as change
    from {{ ref('int_segment_members') }}
    where
        session_id is null
        and left_date is not null
        and batch_id > {{ batch_seen() }}

    union all

    select
        segment_id,
        entered_date as turn_date,
        -1 as change
    from {{ replaced(ref('int_segment_members')) }}
    where
        session_id is null
        and batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}

    union all

    select
        segment_id,
        left_date as turn_date,
        1 as change
    from {{ replaced(ref('int_segment_members')) }}
    where
        session_id is null
        and left_date is not null
        and batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

-- A person who is on two sites on a date is one user of all sites.
numbered_changes as (
    select
        *,
        row_number() over (
            partition by change, segment_id, person_id, active_date order by site_id
        ) as site_number
    from day_changes
),

sites_and_all as (
    select
        *,
        site_id as counted_site_id,
        change as users
    from numbered_changes

    union all

    select
        *,
        '(all)' as counted_site_id,
        case when site_number = 1 then change else 0 end as users
    from numbered_changes
),

changes as (
    select
        segment_id,
        counted_site_id as site_id,
        active_date as segment_date,
        users,
        case when is_new then users else 0 end as new_users,
        change * sessions as sessions,
        change * engaged_sessions as engaged_sessions,
        change * bounces as bounces,
        change * converting_sessions as converting_sessions,
        change * measured_sessions as measured_sessions,
        change * duration_seconds as duration_seconds,
        change * hits as hits,
        change * page_views as page_views,
        change * conversions as conversions,
        change * revenue as revenue,
        0 as members_change
    from sites_and_all

    union all

    select
        segment_id,
        '(all)' as site_id,
        turn_date as segment_date,
        0 as users,
        0 as new_users,
        0 as sessions,
        0 as engaged_sessions,
        0 as bounces,
        0 as converting_sessions,
        0 as measured_sessions,
        0 as duration_seconds,
        0 as hits,
        0 as page_views,
        0 as conversions,
        0 as revenue,
        change as members_change
    from turns
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
