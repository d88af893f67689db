{{ config(materialized='ephemeral') }}

-- One row per funnel, hit that is a step of it, and first hit after it that is the next
-- step.

with

points as (
    select * from {{ ref('int_funnel_points') }}
),

funnels as (
    select * from {{ ref('funnels') }}
),

start_steps as (
    {{ whole_numbers(1, 5) }}
),

-- A hit stands where the link from its step begins, where the one to it ends and, if it must
-- not lie between steps, in the way of all. One that is several of these is no way from itself
-- to itself, and not in its own way: starts come last.
ends as (
    select
        funnel_id,
        person_id,
        step_number,
        place,
        2 as kind
    from points
    where step_number >= 1

    union all

    select
        funnel_id,
        person_id,
        step_number - 1 as step_number,
        place,
        1 as kind
    from points
    where step_number > 1

    union all

    select
        points.funnel_id,
        points.person_id,
        start_steps.number as step_number,
        points.place,
        0 as kind
    from points
    cross join start_steps
    where points.step_number = 0
),

next_ends as (
    select
        *,
        min(case when kind = 1 then place end) over (
            partition by funnel_id, person_id, step_number order by place, kind
            rows between 1 following and unbounded following
        ) as next_place,
        min(case when kind = 0 then place end) over (
            partition by funnel_id, person_id, step_number order by place, kind
            rows between 1 following and unbounded following
        ) as next_excluded_place
    from ends
),

links as (
    select
        next_ends.funnel_id,
        next_ends.person_id,
        next_ends.step_number,
        next_ends.place,
        next_ends.next_place
    from next_ends
    inner join funnels
        on next_ends.funnel_id = funnels.funnel_id
    where
        next_ends.kind = 2
        and next_ends.next_place is not null
        and next_ends.next_place <= coalesce(next_ends.next_excluded_place, next_ends.next_place)
        and (not funnels.is_strict or next_ends.next_place = next_ends.place + 1)
)

select * from links
