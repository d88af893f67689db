-- One row per calendar month, site (and all sites), dimension and value with an active user.

with

periods as (
    select * from {{ ref('int_user_periods') }}
    where period = 'month' and (users > 0 or sessions > 0)
),

monthly_users as (
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

select * from monthly_users
