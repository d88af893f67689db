{{ config(materialized='ephemeral') }}

-- One row per session and active date of the stored sessions that the hits which
-- a run cuts can extend or join. No other stored session can change.
-- depends_on: {{ ref('int_hit_deliveries') }}, {{ ref('int_repeated_deliveries') }}
-- depends_on: {{ ref('sites') }}

with

new_days as (
    select * from {{ ref('int_new_session_days') }}
),

broken_sessions as (
    select * from {{ ref('int_broken_sessions') }}
),

reaches as (
    select
        site_id,
        visitor_id,
        min({{ add_microseconds('started_at', '-timeout_microseconds') }}) as reached_from,
        max({{ add_microseconds('ended_at', 'timeout_microseconds') }}) as reached_until
    from new_days
    group by 1, 2
),

met_sessions as (
    select distinct stored_days.session_id
    from {{ stored('int_session_days') }} as stored_days
    inner join reaches
        on
            stored_days.site_id = reaches.site_id
            and stored_days.visitor_id = reaches.visitor_id
            and stored_days.ended_at >= reaches.reached_from
            and stored_days.started_at <= reaches.reached_until
    left join broken_sessions
        on stored_days.session_id = broken_sessions.session_id
    where
        broken_sessions.session_id is null
        -- Where campaigns split, what a hit can change is cut again from its hits.
        and not {{ splits_at('campaign', 'stored_days.site_id') }}
        and {{ days_within_reach('stored_days.active_date') }}
),

met_session_days as (
    select stored_days.*
    from {{ stored('int_session_days') }} as stored_days
    inner join met_sessions
        on stored_days.session_id = met_sessions.session_id
    where {{ sessions_within_reach('stored_days.session_date') }}
)

select * from met_session_days
