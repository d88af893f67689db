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

day_changes as (
    select * from {{ ref('int_user_day_changes') }}
),

days_in_periods as (
    select
        *,
        'day' as period,
        active_date as period_start,
        first_date as first_period_start
    from day_changes

    union all

    select
        *,
        'week' as period,
        cast({{ dbt.date_trunc('week', 'active_date') }} as date) as period_start,
        cast({{ dbt.date_trunc('week', 'first_date') }} as date) as first_period_start
    from day_changes

    union all

    select
        *,
        'month' as period,
        cast({{ dbt.date_trunc('month', 'active_date') }} as date) as period_start,
        cast({{ dbt.date_trunc('month', 'first_date') }} as date) as first_period_start
    from day_changes
),

-- A person is new in the period of its first date, for every site and value that it
-- was active with in it.
user_periods as (
    select
        period,
        period_start,
        site_id,
        dimension,
        dimension_value,
        person_number,
        persons,
        change,
        case when period_start = first_period_start then 1 else 0 end as is_new,
        sum(sessions) as sessions
    from days_in_periods
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

changes as (
    select
        period,
        period_start,
        site_id,
        dimension,
        dimension_value,
        change * persons as users,
        change * persons * is_new as new_users,
        change * sessions as sessions,
        0 as users_7_days_change,
        0 as users_28_days_change
    from user_periods

    union all

    select
        'day' as period,
        period_start,
        site_id,
        dimension,
        dimension_value,
        0 as users,
        0 as new_users,
        0 as sessions,
        users_7_days_change,
        users_28_days_change
    from {{ ref('int_user_windows') }}
),

touched_keys as (
    select distinct
        period,
        period_start,
        site_id,
        dimension,
        dimension_value
    from changes
),

changes_and_stored as (
    select * from changes

    union all

    select stored.*
    from {{ stored() }} as stored
    inner join touched_keys
        on
            stored.period = touched_keys.period
            and stored.period_start = touched_keys.period_start
            and stored.site_id = touched_keys.site_id
            and stored.dimension = touched_keys.dimension
            and stored.dimension_value = touched_keys.dimension_value
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
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(users_7_days_change) as bigint) as users_7_days_change,
        cast(sum(users_28_days_change) as bigint) as users_28_days_change
    from changes_and_stored
    group by 1, 2, 3, 4, 5
)

select * from periods
