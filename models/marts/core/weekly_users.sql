-- One row per ISO week, site (and all sites), dimension and value with an active user.

with

periods as (
    select * from {{ ref('int_user_periods') }}
    where period = 'week' and (users > 0 or sessions > 0)
),

weekly_users as (
    select
        period_start,
        site_id,
        dimension,
        dimension_value,
        users,
        new_users,
        users - new_users as returning_users,
        sessions
    from periods
)

select * from weekly_users
