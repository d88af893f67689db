{{ config(materialized='ephemeral') }}

-- One row per session and active date of the visitors whose new hits may meet
-- stored sessions: both cut together, as the runs of hits that they are.

with

new_days as (
    select * from {{ ref('int_new_session_days') }}
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

runs as (
    select new_days.*
    from new_days
    inner join met_visitors
        on
            new_days.site_id = met_visitors.site_id
            and new_days.visitor_id = met_visitors.visitor_id

    union all

    select
        {{ columns_of('int_session_days', except=['batch_id']) }}
    from met_days
),

-- A run may lie within another: the gap counts from the latest end so far.
runs_with_gap as (
    select
        *,
        case
            when
                {{ splits_at('midnight', 'site_id') }}
                and active_date != lag(active_date) over (
                    partition by site_id, visitor_id order by started_at, first_hit_id
                )
                then 1
            when started_at <= {{ add_microseconds(
                'max(ended_at) over (
                    partition by site_id, visitor_id order by started_at, first_hit_id
                    rows between unbounded preceding and 1 preceding
                )',
                'timeout_microseconds'
            ) }} then 0
            else 1
        end as starts_session
    from runs
),

runs_in_session as (
    select
        *,
        sum(starts_session) over (
            partition by site_id, visitor_id order by started_at, first_hit_id
            rows between unbounded preceding and current row
        ) as session_number
    from runs_with_gap
),

named_runs as (
    select
        *,
        first_value(first_hit_id) over (
            partition by site_id, visitor_id, session_number
            order by started_at, first_hit_id
        ) as merged_session_id,
        first_value(active_date) over (
            partition by site_id, visitor_id, session_number
            order by started_at, first_hit_id
        ) as merged_session_date
    from runs_in_session
),

merged_days as (
    select
        merged_session_id as session_id,
        site_id,
        visitor_id,
        merged_session_date as session_date,
        active_date,
        timeout_microseconds,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        sum(hits) as hits,
        sum(page_views) as page_views,
        sum(clicks) as clicks,
        sum(form_submissions) as form_submissions,
        {{ first_by('first_hit_id', 'started_at', 'first_hit_id') }} as first_hit_id,
        {{ first_by('first_page_url', 'started_at', 'first_hit_id') }} as first_page_url,
        {{ first_by('referrer_url', 'started_at', 'first_hit_id') }} as referrer_url,
        {{ first_by('utm_source', 'started_at', 'first_hit_id') }} as utm_source,
        {{ first_by('utm_medium', 'started_at', 'first_hit_id') }} as utm_medium,
        {{ first_by('utm_campaign', 'started_at', 'first_hit_id') }} as utm_campaign,
        {{ first_by('user_agent', 'started_at', 'first_hit_id') }} as user_agent,
        {{ first_by('ip_range', 'started_at', 'first_hit_id') }} as ip_range,
        {{ first_by('country_code', 'started_at', 'first_hit_id') }} as country_code,
        {{ first_by('language', 'started_at', 'first_hit_id') }} as language,
        {{ first_by('landing_hit_id', 'landed_at', 'landing_hit_id') }} as landing_hit_id,
        {{ first_by('landed_at', 'landed_at', 'landing_hit_id') }} as landed_at,
        {{ first_by('landing_page_url', 'landed_at', 'landing_hit_id') }} as landing_page_url,
        {{ last_by('exit_hit_id', 'exited_at', 'exit_hit_id') }} as exit_hit_id,
        {{ last_by('exited_at', 'exited_at', 'exit_hit_id') }} as exited_at,
        {{ last_by('exit_page_url', 'exited_at', 'exit_hit_id') }} as exit_page_url,
        {{ last_by('sign_in_hit_id', 'signed_in_at', 'sign_in_hit_id') }} as sign_in_hit_id,
        {{ last_by('signed_in_at', 'signed_in_at', 'sign_in_hit_id') }} as signed_in_at,
        {{ last_by('user_id', 'signed_in_at', 'sign_in_hit_id') }} as user_id
    from named_runs
    group by 1, 2, 3, 4, 5, 6
)

select * from merged_days
