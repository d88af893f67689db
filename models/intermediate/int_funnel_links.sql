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

-- A hit stands where the link from its step begins, and where the one to it ends. One
-- that is both ends of a link is no way from itself to itself, so ends come first.
ends as (
    select
        funnel_id,
        person_id,
        step_number,
        place,
        1 as is_start
    from points

    union all

    select
        funnel_id,
        person_id,
        step_number - 1 as step_number,
        place,
        0 as is_start
    from points
    where step_number > 1
),

next_ends as (
    select
        *,
        min(case when is_start = 0 then place end) over (
            partition by funnel_id, person_id, step_number order by place, is_start
            rows between 1 following and unbounded following
        ) as next_place
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
        next_ends.is_start = 1
        and next_ends.next_place is not null
        and (not funnels.is_strict or next_ends.next_place = next_ends.place + 1)
)

select * from links
