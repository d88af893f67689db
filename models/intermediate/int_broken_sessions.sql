{{ config(materialized='ephemeral') }}

-- One row per stored session that is cut again from its hits: it holds one which counts
-- no longer, or a campaign may split it elsewhere than before.

with

withdrawn_hits as (
    select * from {{ ref('int_withdrawn_hits') }}
    where batch_id > {{ batch_seen('int_session_days') }}
),

broken_days as (
    select stored_days.session_id
    from {{ stored('int_session_days') }} as stored_days
    inner join withdrawn_hits
        on
            stored_days.visitor_id = withdrawn_hits.visitor_id
            and stored_days.started_at <= withdrawn_hits.event_at
            and stored_days.ended_at >= withdrawn_hits.event_at

    union

    select session_id from {{ ref('int_sessions_to_split') }}
),

broken_sessions as (
    select
        stored_days.session_id,
        stored_days.session_date,
        stored_days.site_id,
        stored_days.visitor_id,
        min(stored_days.started_at) as started_at,
        max(stored_days.ended_at) as ended_at
    from {{ stored('int_session_days') }} as stored_days
    inner join broken_days
        on stored_days.session_id = broken_days.session_id
    group by 1, 2, 3, 4
)

select * from broken_sessions
