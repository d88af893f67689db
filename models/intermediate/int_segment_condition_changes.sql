{{ config(materialized='ephemeral') }}

-- One row per member of a segment, condition and date on which it comes to be met (1) or
-- ceases to be (-1).

with

points as (
    select * from {{ ref('int_segment_points') }}
),

-- Of a condition with two steps, the row of the second one says how often.
conditions as (
    select
        segment_id,
        condition_number,
        group_number,
        is_negated,
        coalesce(at_least, 1) as at_least,
        within_days,
        row_number() over (
            partition by segment_id, condition_number order by step_number desc
        ) as step_from_last
    from {{ ref('segment_conditions') }}
),

counted_conditions as (
    select * from conditions
    where step_from_last = 1
),

-- What counts for some days ceases to count after them.
point_changes as (
    select
        *,
        times as change,
        point_date as changed_date
    from points

    union all

    select
        points.*,
        -points.times as change,
        {{ add_days('points.point_date', 'counted_conditions.within_days') }} as changed_date
    from points
    inner join counted_conditions
        on
            points.segment_id = counted_conditions.segment_id
            and points.condition_number = counted_conditions.condition_number
    where counted_conditions.within_days is not null
),

date_changes as (
    select
        segment_id,
        condition_number,
        person_id,
        session_id,
        hit_number,
        is_page_view,
        changed_date,
        sum(change) as change
    from point_changes
    group by 1, 2, 3, 4, 5, 6, 7
),

running_times as (
    select
        *,
        sum(change) over (
            partition by segment_id, condition_number, person_id, session_id, hit_number
            order by changed_date
        ) as times
    from date_changes
),

condition_changes as (
    select
        running_times.segment_id,
        counted_conditions.group_number,
        running_times.condition_number,
        running_times.person_id,
        running_times.session_id,
        running_times.hit_number,
        running_times.is_page_view,
        running_times.changed_date,
        counted_conditions.is_negated,
        case when running_times.times >= counted_conditions.at_least then 1 else -1 end
            as change
    from running_times
    inner join counted_conditions
        on
            running_times.segment_id = counted_conditions.segment_id
            and running_times.condition_number = counted_conditions.condition_number
    where
        (running_times.times >= counted_conditions.at_least)
        != (running_times.times - running_times.change >= counted_conditions.at_least)
)

select * from condition_changes
