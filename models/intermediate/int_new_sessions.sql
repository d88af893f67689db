{{ config(materialized='ephemeral') }}

-- One row per session and active date of the hits that a run cuts, taken by
-- themselves: where its hits stand in the order.

with

stretches as (
    select * from {{ ref('int_hit_stretches') }}
),

stretches_with_gap as (
    select
        *,
        {{ local_date('started_at', 'time_zone') }} as active_date,
        case
            when started_at <= {{ add_microseconds(
                'lag(ended_at) over (
                    partition by site_id, visitor_id order by first_key
                )',
                'timeout_microseconds'
            ) }} then 0
            else 1
        end as starts_session
    from stretches
),

stretches_in_session as (
    select
        *,
        sum(starts_session) over (
            partition by site_id, visitor_id order by first_key
            rows between unbounded preceding and current row
        ) as session_number
    from stretches_with_gap
),

days as (
    select
        site_id,
        visitor_id,
        session_number,
        active_date,
        timeout_microseconds,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        sum(hits) as hits,
        sum(page_views) as page_views,
        sum(clicks) as clicks,
        sum(form_submissions) as form_submissions,
        sum(conversions) as conversions,
        sum(revenue) as revenue,
        min(first_key) as first_key,
        min(landing_key) as landing_key,
        max(exit_key) as exit_key,
        max(sign_in_key) as sign_in_key
    from stretches_in_session
    group by 1, 2, 3, 4, 5
),

days_in_session as (
    select
        *,
        first_value(first_key) over (
            partition by site_id, visitor_id, session_number order by first_key
        ) as session_key,
        first_value(active_date) over (
            partition by site_id, visitor_id, session_number order by first_key
        ) as session_date
    from days
)

select * from days_in_session
