-- One row per date, site (and all sites), dimension and value with an active user on
-- it or in the 27 days before.

with

days as (
    select * from {{ ref('int_user_periods') }}
    where period = 'day'
),

last_date as (
    select max(period_start) as last_date
    from days
    where users > 0
),

running_days as (
    select
        *,
        sum(users_7_days_change) over (
            partition by site_id, dimension, dimension_value order by period_start
        ) as users_7_days,
        sum(users_28_days_change) over (
            partition by site_id, dimension, dimension_value order by period_start
        ) as users_28_days,
        lead(period_start) over (
            partition by site_id, dimension, dimension_value order by period_start
        ) as next_period_start
    from days
),

-- Days on which nothing changed have no row there, but the same users as the day
-- before; never more than 27 in a row, since then the last window closes.
offsets as (
    {{ whole_numbers(0, 27) }}
),

filled_days as (
    select
        {{ add_days('running_days.period_start', 'offsets.number') }} as period_start,
        running_days.site_id,
        running_days.dimension,
        running_days.dimension_value,
        case when offsets.number = 0 then running_days.users else 0 end as users,
        case when offsets.number = 0 then running_days.new_users else 0 end as new_users,
        case when offsets.number = 0 then running_days.sessions else 0 end as sessions,
        running_days.users_7_days,
        running_days.users_28_days
    from running_days
    inner join offsets
        on
            offsets.number = 0
            or {{ add_days('running_days.period_start', 'offsets.number') }}
            < running_days.next_period_start
),

daily_users as (
    select
        filled_days.period_start,
        filled_days.site_id,
        filled_days.dimension,
        filled_days.dimension_value,
        filled_days.users,
        filled_days.new_users,
        filled_days.users - filled_days.new_users as returning_users,
        filled_days.sessions,
        cast(filled_days.users_7_days as bigint) as users_7_days,
        cast(filled_days.users_28_days as bigint) as users_28_days
    from filled_days
    cross join last_date
    where
        filled_days.users_28_days > 0
        and filled_days.period_start <= last_date.last_date
)

select * from daily_users
