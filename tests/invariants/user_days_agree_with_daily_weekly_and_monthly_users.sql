-- Users are distinct persons: the tables that keep adding to them must always equal a
-- direct count.

with

counted as (
    select
        'day' as period,
        active_date as period_start,
        site_id,
        count(distinct person_id) as users,
        count(distinct case when is_new then person_id end) as new_users,
        sum(sessions) as sessions
    from {{ ref('user_days') }}
    group by 1, 2, 3

    union all

    select
        'week' as period,
        cast({{ dbt.date_trunc('week', 'active_date') }} as date) as period_start,
        '(all)' as site_id,
        count(distinct person_id) as users,
        count(distinct case when is_new then person_id end) as new_users,
        sum(sessions) as sessions
    from {{ ref('user_days') }}
    group by 1, 2, 3

    union all

    select
        'month' as period,
        cast({{ dbt.date_trunc('month', 'active_date') }} as date) as period_start,
        '(all)' as site_id,
        count(distinct person_id) as users,
        count(distinct case when is_new then person_id end) as new_users,
        sum(sessions) as sessions
    from {{ ref('user_days') }}
    group by 1, 2, 3
),

stored as (
    select
        'day' as period,
        period_start,
        site_id,
        users,
        new_users,
        sessions
    from {{ ref('daily_users') }}
    where dimension = 'all' and site_id != '(all)' and users > 0

    union all

    select
        'week' as period,
        period_start,
        site_id,
        users,
        new_users,
        sessions
    from {{ ref('weekly_users') }}
    where dimension = 'all' and site_id = '(all)'

    union all

    select
        'month' as period,
        period_start,
        site_id,
        users,
        new_users,
        sessions
    from {{ ref('monthly_users') }}
    where dimension = 'all' and site_id = '(all)'
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
    users
from only_counted
union all
select
    period,
    period_start,
    site_id,
    users
from only_stored
