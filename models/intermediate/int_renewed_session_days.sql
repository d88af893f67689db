{{ config(materialized='ephemeral') }}

-- One row per session and active date of the counted sessions that came or changed
-- since `int_session_hits` was last brought up to date.

with

sessions as (
    select * from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen('int_session_hits') }}
),

previous_sessions as (
    select * from {{ replaced(ref('int_sessions'), 'int_session_hits') }}
    where
        is_counted
        and batch_id <= {{ batch_seen('int_session_hits') }}
        and replaced_batch_id > {{ batch_seen('int_session_hits') }}
),

-- Where what is said of the whole session stays the same, only its later days can
-- change: the session of a visitor that never pauses is not read again each day.
compared_sessions as (
    select
        sessions.session_id,
        sessions.session_date,
        sessions.person_id,
        sessions.is_bounce,
        sessions.page_views,
        coalesce(
            sessions.session_date = previous_sessions.session_date
            and sessions.person_id = previous_sessions.person_id
            and sessions.is_bounce = previous_sessions.is_bounce,
            false
        ) as is_same
    from sessions
    left join previous_sessions
        on sessions.session_id = previous_sessions.session_id
),

session_days as (
    select
        compared_sessions.session_id,
        compared_sessions.session_date,
        compared_sessions.person_id,
        compared_sessions.is_bounce,
        compared_sessions.is_same,
        compared_sessions.page_views as session_page_views,
        session_days.visitor_id,
        session_days.active_date,
        session_days.started_at,
        session_days.ended_at,
        session_days.hits,
        session_days.page_views,
        cast(sum(session_days.hits) over (
            partition by session_days.session_id order by session_days.active_date
            rows between unbounded preceding and current row
        ) as bigint) as hits_so_far,
        cast(sum(session_days.page_views) over (
            partition by session_days.session_id order by session_days.active_date
            rows between unbounded preceding and current row
        ) as bigint) as page_views_so_far,
        session_days.batch_id
    from compared_sessions
    inner join {{ ref('int_session_days') }} as session_days
        on
            compared_sessions.session_id = session_days.session_id
            and compared_sessions.session_date = session_days.session_date
    where {{ renewed_session_dates('session_days.session_date') }}
)

select * from session_days
