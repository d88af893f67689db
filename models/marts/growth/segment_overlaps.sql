{{
    config(
        materialized='incremental',
        replace_by=['month_start', 'segment_id', 'other_segment_id'],
        gone_when='users = 0'
    )
}}

-- One row per month, segment and other segment in both of which somebody was active in the
-- month. A run adds the persons that it touches as they are now and takes them off as they
-- were before.

with

day_changes as (
    select
        segment_id,
        person_id,
        active_date,
        1 as change
    from {{ ref('int_segment_days') }}
    where batch_id > {{ batch_seen() }}

    union all

    select
        segment_id,
        person_id,
        active_date,
        -1 as change
    from {{ replaced(ref('int_segment_days')) }}
    where
        batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

-- All days of a person are changed, or none is.
person_months as (
    select distinct
        change,
        person_id,
        segment_id,
        cast({{ dbt.date_trunc('month', 'active_date') }} as date) as month_start
    from day_changes
),

changes as (
    select
        segments.month_start,
        segments.segment_id,
        other_segments.segment_id as other_segment_id,
        sum(segments.change) as users
    from person_months as segments
    inner join person_months as other_segments
        on
            segments.change = other_segments.change
            and segments.person_id = other_segments.person_id
            and segments.month_start = other_segments.month_start
    group by 1, 2, 3
),

changes_and_stored as (
    select * from changes

    union all

    select
        stored.month_start,
        stored.segment_id,
        stored.other_segment_id,
        stored.users
    from {{ stored() }} as stored
    inner join changes
        on
            stored.month_start = changes.month_start
            and stored.segment_id = changes.segment_id
            and stored.other_segment_id = changes.other_segment_id
),

segment_overlaps as (
    select
        month_start,
        segment_id,
        other_segment_id,
        cast(sum(users) as bigint) as users
    from changes_and_stored
    group by 1, 2, 3
)

select * from segment_overlaps
