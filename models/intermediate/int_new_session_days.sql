{{ config(materialized='ephemeral') }}

-- One row per session and active date of the hits that a run cuts, taken by
-- themselves: what a session keeps of them.

with

first_hits as (
    select * from {{ ref('int_first_hits') }}
),

marks as (
    select * from {{ ref('int_session_marks') }}
),

session_days as (
    select
        -- ids
        coalesce(session_marks.first_hit_id, first_hits.hit_id) as session_id,
        first_hits.site_id,
        first_hits.visitor_id,
        first_hits.session_date,
        first_hits.active_date,
        first_hits.timeout_microseconds,

        -- interval, UTC
        first_hits.started_at,
        first_hits.ended_at,

        -- counts
        first_hits.hits,
        first_hits.page_views,
        first_hits.clicks,
        first_hits.form_submissions,

        -- first hit
        first_hits.hit_id as first_hit_id,
        first_hits.page_url as first_page_url,
        first_hits.referrer_url,
        first_hits.utm_source,
        first_hits.utm_medium,
        first_hits.utm_campaign,
        first_hits.user_agent,
        first_hits.ip_range,
        first_hits.country_code,
        first_hits.language,

        -- first and last page view
        case
            when landing_marks.visitor_key is not null then landing_marks.landing_hit_id
            when first_hits.landed_at is not null then first_hits.hit_id
        end as landing_hit_id,
        first_hits.landed_at,
        case
            when landing_marks.visitor_key is not null then landing_marks.landing_page_url
            when first_hits.landed_at is not null then first_hits.page_url
        end as landing_page_url,
        case
            when exit_marks.visitor_key is not null then exit_marks.exit_hit_id
            when first_hits.exited_at is not null then first_hits.hit_id
        end as exit_hit_id,
        first_hits.exited_at,
        case
            when exit_marks.visitor_key is not null then exit_marks.exit_page_url
            when first_hits.exited_at is not null then first_hits.page_url
        end as exit_page_url,

        -- last hit with a user
        sign_in_marks.sign_in_hit_id,
        first_hits.signed_in_at,
        sign_in_marks.user_id
    from first_hits
    left join marks as first_marks
        on
            first_hits.visitor_key = first_marks.visitor_key
            and first_hits.started_at = first_marks.event_at
    left join marks as session_marks
        on
            first_hits.visitor_key = session_marks.visitor_key
            and first_hits.session_started_at = session_marks.event_at
    left join marks as landing_marks
        on
            first_hits.visitor_key = landing_marks.visitor_key
            and first_hits.landed_at = landing_marks.event_at
    left join marks as exit_marks
        on
            first_hits.visitor_key = exit_marks.visitor_key
            and first_hits.exited_at = exit_marks.event_at
    left join marks as sign_in_marks
        on
            first_hits.visitor_key = sign_in_marks.visitor_key
            and first_hits.signed_in_at = sign_in_marks.event_at
    where
        first_hits.hit_id = coalesce(first_marks.first_hit_id, first_hits.hit_id)
        and first_hits.format = coalesce(first_marks.first_format, first_hits.format)
)

select * from session_days
