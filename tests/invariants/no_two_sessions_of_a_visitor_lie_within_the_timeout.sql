-- Two such sessions should have been joined, but where an option of the site splits
-- them; together with every_hit_is_in_exactly_one_session this pins the cut down.

with

session_splits as (
    select * from {{ ref('session_splits') }}
),

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
    where site_id not in (select session_splits.site_id from session_splits)
)

select * from session_days
where
    session_id != previous_session_id
    and started_at <= {{ add_microseconds('previous_ended_at', 'timeout_microseconds') }}
