{{ config(materialized='ephemeral') }}

-- One row per segment, site (and all sites), date and person whose day in the segment a run
-- adds as it is now or takes off as it was before, or who turns to be in it or not.

with

day_changes as (
    select
        {{ columns_of('int_segment_days') }},
        1 as change
    from {{ ref('int_segment_days') }}
    where batch_id > {{ batch_seen('int_segment_dates') }}

    union all

    select
        {{ columns_of('int_segment_days') }},
        -1 as change
    from {{ replaced(ref('int_segment_days'), 'int_segment_dates') }}
    where
        batch_id <= {{ batch_seen('int_segment_dates') }}
        and replaced_batch_id > {{ batch_seen('int_segment_dates') }}
),

-- A person comes into a segment on one date, and may leave it on another.
turns as (
    select
        segment_id,
        entered_date as turn_date,
        1 as change
    from {{ ref('int_segment_members') }}
    where session_id is null and batch_id > {{ batch_seen('int_segment_dates') }}

    union all

    select
        segment_id,
        left_date as turn_date,
        -1 as change
    from {{ ref('int_segment_members') }}
    where
        session_id is null
        and left_date is not null
        and batch_id > {{ batch_seen('int_segment_dates') }}

    union all

    select
        segment_id,
        entered_date as turn_date,
        -1 as change
    from {{ replaced(ref('int_segment_members'), 'int_segment_dates') }}
    where
        session_id is null
        and batch_id <= {{ batch_seen('int_segment_dates') }}
        and replaced_batch_id > {{ batch_seen('int_segment_dates') }}

    union all

    select
        segment_id,
        left_date as turn_date,
        1 as change
    from {{ replaced(ref('int_segment_members'), 'int_segment_dates') }}
    where
        session_id is null
        and left_date is not null
        and batch_id <= {{ batch_seen('int_segment_dates') }}
        and replaced_batch_id > {{ batch_seen('int_segment_dates') }}
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

date_changes as (
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
)

select * from date_changes
