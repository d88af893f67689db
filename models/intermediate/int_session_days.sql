{{
    config(
        materialized='incremental',
        replace_by=['session_id'],
        keeps_replaced=true,
        gone_when='active_date is null',
        bounded_by='session_date'
    )
}}

-- One row per session and active date: the model that assigns session ids.

with

new_days as (
    select * from {{ ref('int_new_session_days') }}
),

broken_sessions as (
    select * from {{ ref('int_broken_sessions') }}
),

met_days as (
    select * from {{ ref('int_met_session_days') }}
),

met_visitors as (
    select distinct
        site_id,
        visitor_id
    from met_days
),

-- Sessions of visitors who have no stored session within reach stand as they are.
separate_days as (
    select new_days.*
    from new_days
    left join met_visitors
        on
            new_days.site_id = met_visitors.site_id
            and new_days.visitor_id = met_visitors.visitor_id
    where met_visitors.visitor_id is null
),

merged_days as (
    select * from {{ ref('int_merged_session_days') }}
),

days as (
    select * from separate_days
    union all
    select * from merged_days
),

replaced_sessions as (
    select distinct
        session_id,
        session_date
    from met_days
    union
    select
        session_id,
        session_date
    from broken_sessions
),

-- A stored session that was joined to an earlier one, or whose first hit is gone or
-- was moved to another date, has a row that says no more than that it is gone.
gone_sessions as (
    select
        replaced_sessions.session_id,
        replaced_sessions.session_date
    from replaced_sessions
    left join days
        on
            replaced_sessions.session_id = days.session_id
            and replaced_sessions.session_date = days.session_date
    where days.session_id is null
),

session_days as (
    select
        -- ids
        coalesce(days.session_id, gone_sessions.session_id) as session_id,
        days.site_id,
        days.visitor_id,
        coalesce(days.session_date, gone_sessions.session_date) as session_date,
        days.active_date,
        days.timeout_microseconds,

        -- interval, UTC
        days.started_at,
        days.ended_at,

        -- counts
        cast(days.hits as bigint) as hits,
        cast(days.page_views as bigint) as page_views,
        cast(days.clicks as bigint) as clicks,
        cast(days.form_submissions as bigint) as form_submissions,

        -- first hit
        days.first_hit_id,
        days.first_page_url,
        days.referrer_url,
        days.utm_source,
        days.utm_medium,
        days.utm_campaign,
        days.user_agent,
        days.ip_range,
        days.country_code,
        days.language,

        -- first and last page view
        days.landing_hit_id,
        days.landed_at,
        days.landing_page_url,
        days.exit_hit_id,
        days.exited_at,
        days.exit_page_url,

        -- last hit with a user
        days.sign_in_hit_id,
        days.signed_in_at,
        days.user_id,

        -- bookkeeping
        cast({{ this_batch() }} as bigint) as batch_id
    from days
    full outer join gone_sessions
        on
            days.session_id = gone_sessions.session_id
            and days.session_date = gone_sessions.session_date
)

-- In the order of dates, so that later runs pass over what lies outside of theirs.
select * from session_days
order by session_date -- noqa: AM06
