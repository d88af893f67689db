{{
    config(
        materialized='incremental',
        replace_by=['period', 'period_start', 'site_id', 'dimension', 'dimension_value'],
        gone_when='users = 0 and sessions = 0 and users_7_days_change = 0 and users_28_days_change = 0'
    )
}}

-- One row per kind of period, period, site (and all sites), dimension and value in
-- which a person was active or ceased to be within the last 7 or 28 days. A run adds
-- the persons that it touches as they are now and takes them off as they were.

with

date_changes as (
    select * from {{ ref('int_user_date_changes') }}
),

cells as (
    select distinct
        cell_key,
        site_id,
        dimension,
        dimension_value
    from {{ ref('int_user_cells') }}
),

period_changes as (
    select
        'day' as period,
        changed_date as period_start,
        cell_key,
        users,
        new_users,
        resurrected_users,
        sessions,
        users_7_days_change,
        users_28_days_change
    from date_changes

    union all

    select
        'week' as period,
        cast({{ dbt.date_trunc('week', 'changed_date') }} as date) as period_start,
        cell_key,
        week_users as users,
        new_week_users as new_users,
        0 as resurrected_users,
        sessions,
        0 as users_7_days_change,
        0 as users_28_days_change
    from date_changes

    union all

    select
        'month' as period,
        cast({{ dbt.date_trunc('month', 'changed_date') }} as date) as period_start,
        cell_key,
        month_users as users,
        new_month_users as new_users,
        0 as resurrected_users,
        sessions,
        0 as users_7_days_change,
        0 as users_28_days_change
    from date_changes
),

changes as (
    select
        period_changes.period,
        period_changes.period_start,
        cells.site_id,
        cells.dimension,
        cells.dimension_value,
        sum(period_changes.users) as users,
        sum(period_changes.new_users) as new_users,
        sum(period_changes.resurrected_users) as resurrected_users,
        sum(period_changes.sessions) as sessions,
        sum(period_changes.users_7_days_change) as users_7_days_change,
        sum(period_changes.users_28_days_change) as users_28_days_change
    from period_changes
    inner join cells
        on period_changes.cell_key = cells.cell_key
    group by 1, 2, 3, 4, 5
),

changes_and_stored as (
    select * from changes

    union all

    select stored.*
    from {{ stored() }} as stored
    inner join changes
        on
            stored.period = changes.period
            and stored.period_start = changes.period_start
            and stored.site_id = changes.site_id
            and stored.dimension = changes.dimension
            and stored.dimension_value = changes.dimension_value
),

periods as (
    select
        period,
        period_start,
        site_id,
        dimension,
        dimension_value,
        cast(sum(users) as bigint) as users,
        cast(sum(new_users) as bigint) as new_users,
        cast(sum(resurrected_users) as bigint) as resurrected_users,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(users_7_days_change) as bigint) as users_7_days_change,
        cast(sum(users_28_days_change) as bigint) as users_28_days_change
    from changes_and_stored
    group by 1, 2, 3, 4, 5
)

select * from periods
