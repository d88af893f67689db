-- One row per session.

with

sessions as (
    select
        -- ids
        session_id,
        site_id,
        visitor_id,
        user_id,
        person_id,
        session_number,

        -- arrival
        landing_page_url,
        exit_page_url,
        referrer_url,
        channel,
        source,
        medium,
        campaign,
        country_code,
        language,
        device_type,
        browser,
        operating_system,
        bot_reason,
        bot_class,
        internal_reason,
        ignored_referrer_reason,
        excluded_as,

        -- numbers
        duration_seconds,
        hits,
        page_views,
        clicks,
        form_submissions,
        conversions,
        revenue,

        -- flags
        is_engaged,
        is_bounce,
        is_single_page,
        is_single_hit,
        is_new_person,
        is_bot,
        is_internal,
        is_referrer_spam,
        is_counted,

        -- dates in the site's time zone, and timestamps in UTC
        session_date,
        last_active_date,
        started_at,
        ended_at
    from {{ ref('int_sessions') }}
)

select * from sessions
