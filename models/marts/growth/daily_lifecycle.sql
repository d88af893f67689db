-- One row per date, site (and all sites), dimension and value with a user who was active
-- in the 28 days that end on it, or ceased to be on it.

with

days as (
    select * from {{ ref('int_user_periods') }}
    where period = 'day'
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

running_days as (
    select
        period_start,
        site_id,
        dimension,
        dimension_value,
        new_users,
        resurrected_users,
        new_users + resurrected_users - users_28_days_change as dormant_users,
        sum(users_28_days_change) over (
            partition by site_id, dimension, dimension_value order by period_start
        ) as active_users,
        lead(period_start) over (
            partition by site_id, dimension, dimension_value order by period_start
        ) as next_period_start
    from days
),

-- Days on which nothing changed have no row there, see `daily_users`.
offsets as (
    {{ whole_numbers(0, 27) }}
),

filled_days as (
    select
        {{ add_days('running_days.period_start', 'offsets.number') }} as active_date,
        running_days.site_id,
        running_days.dimension,
        running_days.dimension_value,
        running_days.active_users,
        case when offsets.number = 0 then running_days.new_users else 0 end as new_users,
        case when offsets.number = 0 then running_days.resurrected_users else 0 end
            as resurrected_users,
        case when offsets.number = 0 then running_days.dormant_users else 0 end
            as dormant_users
    from running_days
    inner join offsets
        on
            offsets.number = 0
            or {{ add_days('running_days.period_start', 'offsets.number') }}
            < running_days.next_period_start
),

daily_lifecycle as (
    select
        filled_days.active_date,
        filled_days.site_id,
        filled_days.dimension,
        filled_days.dimension_value,
        cast(filled_days.active_users as bigint) as active_users,
        filled_days.new_users,
        cast(
            filled_days.active_users - filled_days.new_users - filled_days.resurrected_users
            as bigint
        ) as current_users,
        filled_days.resurrected_users,
        filled_days.dormant_users
    from filled_days
    cross join as_of
    where
        (filled_days.active_users > 0 or filled_days.dormant_users > 0)
        and filled_days.active_date <= as_of.as_of_date
)

select * from daily_lifecycle
