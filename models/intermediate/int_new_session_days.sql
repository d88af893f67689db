{{ config(materialized='ephemeral') }}

-- One row per session and active date of the hits that a run cuts, taken by
-- themselves: what a session keeps of them.

with

days_in_session as (
    select * from {{ ref('int_new_sessions') }}
),

hits_to_cut as (
    select * from {{ ref('int_hits_to_cut') }}
),

deliveries as (
    select * from {{ ref('int_hit_deliveries') }}
),

marked_positions as (
    select first_position as position from days_in_session
    union
    select session_position from days_in_session
    union
    select landing_position from days_in_session
    union
    select exit_position from days_in_session
    union
    select sign_in_position from days_in_session
),

-- The few hits whose other columns a session keeps.
marked_hits as (
    select
        hits_to_cut.position,
        deliveries.*
    from hits_to_cut
    inner join marked_positions
        on hits_to_cut.position = marked_positions.position
    inner join deliveries
        on hits_to_cut.delivery_id = deliveries.delivery_id
),

session_days as (
    select
        -- ids
        session_hits.hit_id as session_id,
        days_in_session.site_id,
        days_in_session.visitor_id,
        days_in_session.session_date,
        days_in_session.active_date,
        days_in_session.timeout_microseconds,

        -- interval, UTC
        days_in_session.started_at,
        days_in_session.ended_at,

        -- counts
        days_in_session.hits,
        days_in_session.page_views,
        days_in_session.clicks,
        days_in_session.form_submissions,
        days_in_session.conversions,
        days_in_session.revenue,

        -- first hit
        first_hits.hit_id as first_hit_id,
        first_hits.page_url as first_page_url,
        first_hits.referrer_url,
        first_hits.utm_source,
        first_hits.utm_medium,
        first_hits.utm_campaign,
        first_hits.user_agent,
        first_hits.country_code,
        first_hits.language,

        -- first and last page view
        landing_hits.hit_id as landing_hit_id,
        landing_hits.event_at as landed_at,
        landing_hits.page_url as landing_page_url,
        exit_hits.hit_id as exit_hit_id,
        exit_hits.event_at as exited_at,
        exit_hits.page_url as exit_page_url,

        -- last hit with a user
        sign_in_hits.hit_id as sign_in_hit_id,
        sign_in_hits.event_at as signed_in_at,
        sign_in_hits.user_id
    from days_in_session
    inner join marked_hits as session_hits
        on days_in_session.session_position = session_hits.position
    inner join marked_hits as first_hits
        on days_in_session.first_position = first_hits.position
    left join marked_hits as landing_hits
        on days_in_session.landing_position = landing_hits.position
    left join marked_hits as exit_hits
        on days_in_session.exit_position = exit_hits.position
    left join marked_hits as sign_in_hits
        on days_in_session.sign_in_position = sign_in_hits.position
)

select * from session_days
