-- Two such sessions should have been joined; together with
-- every_hit_is_in_exactly_one_session this pins the cut down.

with

session_days as (
    select
        session_id,
        started_at,
        timeout_microseconds,
        lag(session_id) over (
            partition by site_id, visitor_id order by started_at, first_hit_id
        ) as previous_session_id,
        lag(ended_at) over (
            partition by site_id, visitor_id order by started_at, first_hit_id
        ) as previous_ended_at
    from {{ ref('int_session_days') }}
)

select * from session_days
where
    session_id != previous_session_id
    and started_at <= {{ add_microseconds('previous_ended_at', 'timeout_microseconds') }}
