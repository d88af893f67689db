-- One row per hit, with the session that holds it.

with

all_hits as (
    select * from {{ ref('int_hits') }}
),

session_days as (
    select * from {{ ref('int_session_days') }}
),

-- The dates in UTC that the hits of a session's day may have: they are compared so that a
-- bot's thousands of sessions are not tried for each of its hits, and cost no time zone.
dates_apart as (
    {{ whole_numbers(0, 2) }}
),

stretches as (
    select
        session_days.session_id,
        session_days.site_id,
        session_days.visitor_id,
        session_days.session_date,
        session_days.active_date,
        session_days.started_at,
        session_days.ended_at,
        {{ add_days('cast(session_days.started_at as date)', 'dates_apart.number') }} as date_in_utc
    from session_days
    inner join dates_apart
        on
            {{ add_days('cast(session_days.started_at as date)', 'dates_apart.number') }}
            <= cast(session_days.ended_at as date)
),

-- Of a visitor's sessions one holds the instant.
hits as (
    select
        -- ids
        stretches.session_id,
        all_hits.hit_id,
        all_hits.delivery_id,
        all_hits.site_id,
        all_hits.visitor_id,
        all_hits.user_id,

        -- text
        all_hits.format,
        all_hits.hit_type,
        all_hits.hit_name,
        all_hits.page_url,
        all_hits.page_title,
        all_hits.referrer_url,
        all_hits.user_agent,
        all_hits.country_code,
        all_hits.language,
        all_hits.utm_source,
        all_hits.utm_medium,
        all_hits.utm_campaign,
        all_hits.utm_term,
        all_hits.utm_content,
        all_hits.time_zone,

        -- numbers
        all_hits.value,
        all_hits.currency,
        all_hits.engaged_seconds,
        all_hits.scroll_percent,

        -- dates in the site's time zone, and timestamps in UTC
        stretches.session_date,
        stretches.active_date,
        all_hits.event_at,

        -- bookkeeping
        all_hits.batch_id
    from all_hits
    inner join stretches
        on
            all_hits.site_id = stretches.site_id
            and all_hits.visitor_id = stretches.visitor_id
            and cast(all_hits.event_at as date) = stretches.date_in_utc
            and all_hits.event_at >= stretches.started_at
            and all_hits.event_at <= stretches.ended_at
)

select * from hits
