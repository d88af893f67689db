{{ config(materialized='ephemeral') }}

-- One row per session and active date of the hits that a run cuts, taken by
-- themselves: where its hits stand in the order.

with

stretches as (
    select * from {{ ref('int_hit_stretches') }}
),

dated_stretches as (
    select
        *,
        {{ local_date('started_at', 'time_zone') }} as active_date,
        {{ splits_at('midnight', 'site_id') }} as splits_at_midnight,
        lag(ended_at) over (
            partition by site_id, visitor_id order by started_at
        ) as previous_ended_at,
        lag(campaign_part) over (
            partition by site_id, visitor_id order by started_at
        ) as previous_campaign_part,
        lag({{ local_date('started_at', 'time_zone') }}) over (
            partition by site_id, visitor_id order by started_at
        ) as previous_date
    from stretches
),

stretches_with_gap as (
    select
        *,
        coalesce(
            started_at > {{ add_microseconds('previous_ended_at', 'timeout_microseconds') }}
            or campaign_part != previous_campaign_part
            or (splits_at_midnight and active_date != previous_date),
            true
        ) as starts_session
    from dated_stretches
),

-- A stretch belongs to the session that started last.
stretches_in_session as (
    select
        *,
        max(case when starts_session then started_at end) over (
            partition by site_id, visitor_id order by started_at
            rows between unbounded preceding and current row
        ) as session_started_at
    from stretches_with_gap
),

days as (
    select
        site_id,
        visitor_id,
        session_started_at,
        active_date,
        timeout_microseconds,
        time_zone,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        sum(hits) as hits,
        sum(page_views) as page_views,
        sum(clicks) as clicks,
        sum(form_submissions) as form_submissions,
        min(landed_at) as landed_at,
        max(exited_at) as exited_at,
        max(signed_in_at) as signed_in_at
    from stretches_in_session
    group by 1, 2, 3, 4, 5, 6
),

days_in_session as (
    select
        *,
        {{ local_date('session_started_at', 'time_zone') }} as session_date
    from days
)

select * from days_in_session
