-- One row per hit that a run cuts into sessions.

with

broken_sessions as (
    select * from {{ ref('int_broken_sessions') }}
),

-- Older hits: those that count once again, and those of broken sessions.
hits_to_cut_again as (
    select delivery_id
    from {{ ref('int_repeated_deliveries') }}
    where is_counted and batch_id > {{ batch_seen('int_session_days') }}

    union

    select hits.delivery_id
    from broken_sessions
    inner join {{ ref('int_hits') }} as hits
        on
            broken_sessions.site_id = hits.site_id
            and broken_sessions.visitor_id = hits.visitor_id
            and broken_sessions.started_at <= hits.event_at
            and broken_sessions.ended_at >= hits.event_at
),

all_hits_to_cut as (
    select * from {{ ref('int_hits') }}
    where batch_id > {{ batch_seen('int_session_days') }}

    union all

    select hits.*
    from hits_to_cut_again
    inner join {{ ref('int_hits') }} as hits
        on hits_to_cut_again.delivery_id = hits.delivery_id
    where hits.batch_id <= {{ batch_seen('int_session_days') }}
),

hits_to_cut as (
    select
        -- ids
        delivery_id,
        hit_id,
        site_id,
        visitor_id,
        user_id,
        {{ hash_key('site_id, visitor_id') }} as visitor_key,

        -- text
        format,
        hit_type,
        page_url,
        referrer_url,
        user_agent,
        ip_range,
        country_code,
        language,
        utm_source,
        utm_medium,
        utm_campaign,
        time_zone,

        -- numbers
        timeout_microseconds,

        -- timestamps, UTC
        event_at
    from all_hits_to_cut
)

select * from hits_to_cut
