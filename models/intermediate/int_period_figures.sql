{{ config(materialized='ephemeral') }}

-- One row per kind of period, period, site (and all sites), dimension and value: its users
-- and sessions.

with

daily_users as (
    select * from {{ ref('daily_users') }}
),

user_days as (
    select
        'week' as period,
        cast({{ dbt.date_trunc('week', 'period_start') }} as date) as period_start,
        site_id,
        dimension,
        dimension_value,
        sum(users) as user_days
    from daily_users
    group by 1, 2, 3, 4, 5

    union all

    select
        'month' as period,
        cast({{ dbt.date_trunc('month', 'period_start') }} as date) as period_start,
        site_id,
        dimension,
        dimension_value,
        sum(users) as user_days
    from daily_users
    group by 1, 2, 3, 4, 5
),

longer_periods as (
    select
        'week' as period,
        period_start,
        site_id,
        dimension,
        dimension_value,
        users,
        new_users,
        sessions
    from {{ ref('weekly_users') }}

    union all

    select
        'month' as period,
        period_start,
        site_id,
        dimension,
        dimension_value,
        users,
        new_users,
        sessions
    from {{ ref('monthly_users') }}
),

period_figures as (
    select
        'day' as period,
        period_start,
        site_id,
        dimension,
        dimension_value,
        users,
        new_users,
        sessions,
        users as user_days,
        users_7_days,
        users_28_days
    from daily_users

    union all

    select
        longer_periods.period,
        longer_periods.period_start,
        longer_periods.site_id,
        longer_periods.dimension,
        longer_periods.dimension_value,
        longer_periods.users,
        longer_periods.new_users,
        longer_periods.sessions,
        user_days.user_days,
        cast(null as bigint) as users_7_days,
        cast(null as bigint) as users_28_days
    from longer_periods
    left join user_days
        on
            longer_periods.period = user_days.period
            and longer_periods.period_start = user_days.period_start
            and longer_periods.site_id = user_days.site_id
            and longer_periods.dimension = user_days.dimension
            and longer_periods.dimension_value = user_days.dimension_value
)

select * from period_figures
