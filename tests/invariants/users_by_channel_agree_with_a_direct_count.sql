-- A person counts once for each channel that they came by, of a site and of all sites:
-- one that changed channel must have left the one before.

with

days_by_site as (
    select
        site_id,
        person_id,
        active_date,
        first_date,
        channel,
        sessions
    from {{ ref('int_user_days') }}

    union all

    select
        '(all)' as site_id,
        person_id,
        active_date,
        first_date,
        channel,
        sessions
    from {{ ref('int_user_days') }}
),

days_in_periods as (
    select
        *,
        'day' as period,
        active_date as period_start,
        first_date as first_period_start
    from days_by_site

    union all

    select
        *,
        'week' as period,
        cast({{ dbt.date_trunc('week', 'active_date') }} as date) as period_start,
        cast({{ dbt.date_trunc('week', 'first_date') }} as date) as first_period_start
    from days_by_site

    union all

    select
        *,
        'month' as period,
        cast({{ dbt.date_trunc('month', 'active_date') }} as date) as period_start,
        cast({{ dbt.date_trunc('month', 'first_date') }} as date) as first_period_start
    from days_by_site
),

counted as (
    select
        period,
        period_start,
        site_id,
        channel,
        count(distinct person_id) as users,
        count(distinct case when period_start = first_period_start then person_id end)
            as new_users,
        sum(sessions) as sessions
    from days_in_periods
    group by 1, 2, 3, 4
),

stored as (
    select
        'day' as period,
        period_start,
        site_id,
        dimension_value as channel,
        users,
        new_users,
        sessions
    from {{ ref('daily_users') }}
    where dimension = 'channel' and users > 0

    union all

    select
        'week' as period,
        period_start,
        site_id,
        dimension_value as channel,
        users,
        new_users,
        sessions
    from {{ ref('weekly_users') }}
    where dimension = 'channel'

    union all

    select
        'month' as period,
        period_start,
        site_id,
        dimension_value as channel,
        users,
        new_users,
        sessions
    from {{ ref('monthly_users') }}
    where dimension = 'channel'
),

only_counted as (
    select * from counted
    except
    select * from stored
),

only_stored as (
    select * from stored
    except
    select * from counted
)

select
    period,
    period_start,
    site_id,
    channel,
    users
from only_counted
union all
select
    period,
    period_start,
    site_id,
    channel,
    users
from only_stored
