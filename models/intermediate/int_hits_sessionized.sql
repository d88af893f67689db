-- One row per hit, with the session that holds it.

with

dated_hits as (
    select
        *,
        {{ local_date('event_at', 'time_zone') }} as active_date
    from {{ ref('int_hits') }}
),

-- Of a visitor's sessions one holds the instant. The date is implied by that; it is
-- compared so that a bot's thousands of sessions are not tried for each of its hits.
hits as (
    select
        -- ids
        session_days.session_id,
        dated_hits.hit_id,
        dated_hits.delivery_id,
        dated_hits.site_id,
        dated_hits.visitor_id,
        dated_hits.user_id,

        -- text
        dated_hits.format,
        dated_hits.hit_type,
        dated_hits.hit_name,
        dated_hits.page_url,
        dated_hits.page_title,
        dated_hits.referrer_url,
        dated_hits.user_agent,
        dated_hits.country_code,
        dated_hits.language,
        dated_hits.utm_source,
        dated_hits.utm_medium,
        dated_hits.utm_campaign,
        dated_hits.utm_term,
        dated_hits.utm_content,
        dated_hits.time_zone,

        -- numbers
        dated_hits.value,
        dated_hits.currency,
        dated_hits.engaged_seconds,
        dated_hits.scroll_percent,

        -- dates in the site's time zone, and timestamps in UTC
        session_days.session_date,
        session_days.active_date,
        dated_hits.event_at,

        -- bookkeeping
        dated_hits.batch_id
    from dated_hits
    inner join {{ ref('int_session_days') }} as session_days
        on
            dated_hits.site_id = session_days.site_id
            and dated_hits.visitor_id = session_days.visitor_id
            and dated_hits.active_date = session_days.active_date
            and dated_hits.event_at >= session_days.started_at
            and dated_hits.event_at <= session_days.ended_at
)

select * from hits
