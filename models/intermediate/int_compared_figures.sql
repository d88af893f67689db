{{ config(materialized='ephemeral') }}

-- One row per kind of period, period, site (and all sites), dimension and value with figures
-- in it or in one that it is compared with.

with

figures as (
    select * from {{ ref('int_period_figures') }}
),

comparisons as (
    select * from {{ ref('period_comparisons') }}
),

-- Each figure stands in its own period, and in the later ones that are compared with it: so
-- a period in which nothing was left has a row, too.
placed_figures as (
    select
        figures.period,
        figures.period_start,
        'itself' as comparison,
        figures.site_id,
        figures.dimension,
        figures.dimension_value,
        figures.users,
        figures.new_users,
        figures.sessions,
        figures.user_days,
        figures.users_7_days,
        figures.users_28_days
    from figures

    union all

    select
        figures.period,
        cast({{ dbt.dateadd(
            'month', 'comparisons.months_before',
            add_days('figures.period_start', 'comparisons.days_before')
        ) }} as date) as period_start,
        comparisons.comparison,
        figures.site_id,
        figures.dimension,
        figures.dimension_value,
        figures.users,
        cast(null as bigint) as new_users,
        figures.sessions,
        cast(null as bigint) as user_days,
        cast(null as bigint) as users_7_days,
        cast(null as bigint) as users_28_days
    from figures
    inner join comparisons
        on figures.period = comparisons.period
    where figures.users > 0 or figures.sessions > 0
),

-- One row of each comparison at most: `sum` has nothing to add up.
compared_figures as (
    select
        period,
        period_start,
        site_id,
        dimension,
        dimension_value,
        coalesce(sum(case when comparison = 'itself' then users end), 0) as users,
        coalesce(sum(new_users), 0) as new_users,
        coalesce(sum(case when comparison = 'itself' then sessions end), 0) as sessions,
        coalesce(sum(user_days), 0) as user_days,
        sum(users_7_days) as users_7_days,
        sum(users_28_days) as users_28_days,
        coalesce(sum(case when comparison = 'previous' then users end), 0) as previous_users,
        coalesce(sum(case when comparison = 'previous' then sessions end), 0)
            as previous_sessions,
        coalesce(sum(case when comparison = 'week before' then users end), 0)
            as week_before_users,
        coalesce(sum(case when comparison = 'week before' then sessions end), 0)
            as week_before_sessions,
        coalesce(sum(case when comparison = 'year before' then users end), 0)
            as year_before_users,
        coalesce(sum(case when comparison = 'year before' then sessions end), 0)
            as year_before_sessions
    from placed_figures
    group by 1, 2, 3, 4, 5
)

select * from compared_figures
