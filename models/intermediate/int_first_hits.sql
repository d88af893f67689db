{{ config(materialized='ephemeral') }}

-- One row per session and active date of the hits that a run cuts, and hit that may be
-- its first: several hits where they share the instant.

with

new_sessions as (
    select
        *,
        {{ hash_key('site_id, visitor_id') }} as visitor_key
    from {{ ref('int_new_sessions') }}
),

-- Visitor and instant together find a hit again: no two visitors have both the same
-- 63-bit key and a hit in the same microsecond.
first_hits as (
    select
        new_sessions.site_id,
        new_sessions.visitor_id,
        new_sessions.visitor_key,
        new_sessions.session_started_at,
        new_sessions.session_date,
        new_sessions.active_date,
        new_sessions.timeout_microseconds,
        new_sessions.started_at,
        new_sessions.ended_at,
        new_sessions.hits,
        new_sessions.page_views,
        new_sessions.clicks,
        new_sessions.form_submissions,
        new_sessions.landed_at,
        new_sessions.exited_at,
        new_sessions.signed_in_at,
        hits.hit_id,
        hits.format,
        hits.page_url,
        hits.referrer_url,
        hits.utm_source,
        hits.utm_medium,
        hits.utm_campaign,
        hits.user_agent,
        hits.ip_range,
        hits.country_code,
        hits.language
    from {{ ref('int_hits_to_cut') }} as hits
    inner join new_sessions
        on
            hits.visitor_key = new_sessions.visitor_key
            and hits.event_at = new_sessions.started_at
)

select * from first_hits
