-- The id depends on the hits alone: with any other, a run could rename sessions.

with

first_hits as (
    select
        session_id,
        first_hit_id,
        row_number() over (
            partition by session_id order by started_at, first_hit_id
        ) as day_number
    from {{ ref('int_session_days') }}
)

select * from first_hits
where day_number = 1 and session_id != first_hit_id
