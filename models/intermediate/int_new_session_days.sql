{{ config(materialized='ephemeral') }}

-- One row per session and active date of the hits that a run cuts, taken by
-- themselves: what a session keeps of them.

with

new_sessions as (
    select * from {{ ref('int_new_sessions') }}
),

marked_deliveries as (
    select
        *,
        {{ delivery_of('session_key') }} as session_delivery_id,
        {{ delivery_of('first_key') }} as first_delivery_id,
        {{ delivery_of('landing_key') }} as landing_delivery_id,
        {{ delivery_of('exit_key') }} as exit_delivery_id,
        {{ delivery_of('sign_in_key') }} as sign_in_delivery_id
    from new_sessions
),

marked_delivery_ids as (
    select session_delivery_id as delivery_id from marked_deliveries
    union
    select first_delivery_id from marked_deliveries
    union
    select landing_delivery_id from marked_deliveries
    union
    select exit_delivery_id from marked_deliveries
    union
    select sign_in_delivery_id from marked_deliveries
),

-- The few hits whose other columns a session keeps.
marked_hits as (
    select deliveries.*
    from {{ ref('int_hit_deliveries') }} as deliveries
    inner join marked_delivery_ids
        on deliveries.delivery_id = marked_delivery_ids.delivery_id
),

session_days as (
    select
        -- ids
        session_hits.hit_id as session_id,
        marked_deliveries.site_id,
        marked_deliveries.visitor_id,
        marked_deliveries.session_date,
        marked_deliveries.active_date,
        marked_deliveries.timeout_microseconds,

        -- interval, UTC
        marked_deliveries.started_at,
        marked_deliveries.ended_at,

        -- counts
        marked_deliveries.hits,
        marked_deliveries.page_views,
        marked_deliveries.clicks,
        marked_deliveries.form_submissions,
        marked_deliveries.conversions,
        marked_deliveries.revenue,

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
    from marked_deliveries
    inner join marked_hits as session_hits
        on marked_deliveries.session_delivery_id = session_hits.delivery_id
    inner join marked_hits as first_hits
        on marked_deliveries.first_delivery_id = first_hits.delivery_id
    left join marked_hits as landing_hits
        on marked_deliveries.landing_delivery_id = landing_hits.delivery_id
    left join marked_hits as exit_hits
        on marked_deliveries.exit_delivery_id = exit_hits.delivery_id
    left join marked_hits as sign_in_hits
        on marked_deliveries.sign_in_delivery_id = sign_in_hits.delivery_id
)

select * from session_days
