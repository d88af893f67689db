{{ config(materialized='ephemeral') }}

-- One row per session and active date on which its hits changed, or ceased to be, or
-- on which it is not what it was as a whole.

with

days as (
    select * from {{ ref('int_renewed_session_days') }}
),

previous_days as (
    select * from {{ replaced(ref('int_session_days'), 'int_session_hits') }}
    where
        batch_id <= {{ batch_seen('int_session_hits') }}
        and replaced_batch_id > {{ batch_seen('int_session_hits') }}
),

withdrawn_hits as (
    select * from {{ ref('int_withdrawn_hits') }}
    where batch_id > {{ batch_seen('int_session_hits') }}
),

sessions_that_ceased_to_count as (
    select
        sessions.session_id,
        sessions.session_date
    from {{ ref('int_sessions') }} as sessions
    inner join {{ replaced(ref('int_sessions'), 'int_session_hits') }} as previous_sessions
        on sessions.session_id = previous_sessions.session_id
    where
        not sessions.is_counted
        and sessions.batch_id > {{ batch_seen('int_session_hits') }}
        and previous_sessions.is_counted
        and previous_sessions.batch_id <= {{ batch_seen('int_session_hits') }}
        and previous_sessions.replaced_batch_id > {{ batch_seen('int_session_hits') }}
),

-- As many hits as before, between the same instants, are the same hits, unless one
-- was withdrawn.
changed_days as (
    select
        days.session_id,
        days.active_date,
        false as is_gone
    from days
    left join previous_days
        on
            days.session_id = previous_days.session_id
            and days.active_date = previous_days.active_date
    where
        not days.is_same
        or (
            days.batch_id > {{ batch_seen('int_session_hits') }}
            and (
                previous_days.session_id is null
                or days.hits != previous_days.hits
                or days.started_at != previous_days.started_at
                or days.ended_at != previous_days.ended_at
            )
        )

    union

    select
        days.session_id,
        days.active_date,
        false as is_gone
    from days
    inner join withdrawn_hits
        on
            days.visitor_id = withdrawn_hits.visitor_id
            and days.started_at <= withdrawn_hits.event_at
            and days.ended_at >= withdrawn_hits.event_at

    union

    select
        previous_days.session_id,
        previous_days.active_date,
        true as is_gone
    from previous_days
    left join days
        on
            previous_days.session_id = days.session_id
            and previous_days.active_date = days.active_date
    where days.session_id is null

    union

    -- The whole session counts no more, though its hits are the same.
    select
        session_days.session_id,
        session_days.active_date,
        true as is_gone
    from sessions_that_ceased_to_count
    inner join {{ ref('int_session_days') }} as session_days
        on
            sessions_that_ceased_to_count.session_id = session_days.session_id
            and sessions_that_ceased_to_count.session_date = session_days.session_date
    where {{ renewed_session_dates('session_days.session_date') }}
)

select * from changed_days
