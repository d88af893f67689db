{{ config(materialized='ephemeral') }}

-- One row per site (and all sites) and kind of period: from which period on one may be
-- compared with others.

with

first_dates as (
    select
        site_id,
        min(period_start) as first_date
    from {{ ref('daily_users') }}
    where dimension = 'all' and users > 0
    group by 1
),

period_comparisons as (
    select * from {{ ref('period_comparisons') }}
),

comparisons as (
    select
        first_dates.site_id,
        first_dates.first_date,
        period_comparisons.period,
        period_comparisons.comparison,
        cast({{ dbt.dateadd(
            'month', 'period_comparisons.months_before',
            add_days('first_dates.first_date', 'period_comparisons.days_before')
        ) }} as date) as compared_from
    from first_dates
    cross join period_comparisons
),

recorded_periods as (
    select
        site_id,
        period,
        first_date,
        min(case when comparison = 'previous' then compared_from end) as previous_from,
        min(case when comparison = 'week before' then compared_from end) as week_before_from,
        min(case when comparison = 'year before' then compared_from end) as year_before_from
    from comparisons
    group by 1, 2, 3
)

select * from recorded_periods
