-- One row per kind of start, week or month in which persons started, first site, first
-- channel, and stretch of days after the start that has begun.

with

periods as (
    select * from {{ ref('retention_periods') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

cohort_starts as (
    select
        cohort_date,
        'week' as cohort_period,
        cast({{ dbt.date_trunc('week', 'cohort_date') }} as date) as cohort_start
    from {{ ref('int_cohort_users') }}
    group by 1

    union all

    select
        cohort_date,
        'month' as cohort_period,
        cast({{ dbt.date_trunc('month', 'cohort_date') }} as date) as cohort_start
    from {{ ref('int_cohort_users') }}
    group by 1
),

cohort_users as (
    select
        cohort_starts.cohort_period,
        cohort_starts.cohort_start,
        cohort_users.cohort_by,
        cohort_users.site_id,
        cohort_users.channel,
        cohort_users.last_day,
        sum(cohort_users.users) as users
    from {{ ref('int_cohort_users') }} as cohort_users
    inner join cohort_starts
        on cohort_users.cohort_date = cohort_starts.cohort_date
    group by 1, 2, 3, 4, 5, 6
),

cohorts as (
    select
        cohort_users.cohort_period,
        cohort_users.cohort_start,
        cohort_users.cohort_by,
        cohort_users.site_id,
        cohort_users.channel,
        periods.period,
        periods.period_number,
        periods.first_day,
        periods.last_day,
        sum(cohort_users.users) as users,
        sum(case when cohort_users.last_day >= periods.first_day then cohort_users.users else 0 end)
            as users_on_or_after
    from cohort_users
    cross join periods
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

active_users as (
    select
        cohort_starts.cohort_period,
        cohort_starts.cohort_start,
        cohort_days.cohort_by,
        cohort_days.site_id,
        cohort_days.channel,
        cohort_days.period,
        cohort_days.period_number,
        sum(cohort_days.users) as users,
        sum(cohort_days.revenue) as revenue
    from {{ ref('int_cohort_days') }} as cohort_days
    inner join cohort_starts
        on cohort_days.cohort_date = cohort_starts.cohort_date
    group by 1, 2, 3, 4, 5, 6, 7
),

-- A stretch is over when it is for who started on the last date of the week or month.
counted_cohorts as (
    select
        cohorts.*,
        active_users.users as active_users,
        active_users.revenue,
        as_of.as_of_date,
        case
            when cohorts.cohort_period = 'week' then {{ add_days('cohorts.cohort_start', 6) }}
            else cast({{ dbt.last_day('cohorts.cohort_start', 'month') }} as date)
        end as cohort_end
    from cohorts
    cross join as_of
    left join active_users
        on
            cohorts.cohort_period = active_users.cohort_period
            and cohorts.cohort_start = active_users.cohort_start
            and cohorts.cohort_by = active_users.cohort_by
            and cohorts.site_id = active_users.site_id
            and cohorts.channel = active_users.channel
            and cohorts.period = active_users.period
            and cohorts.period_number = active_users.period_number
),

retention_cohorts as (
    select
        cohort_by,
        cohort_period,
        cohort_start,
        site_id,
        channel,
        period,
        period_number,
        first_day,
        last_day,
        cast(users as bigint) as users,
        cast(case
            when {{ add_days('cohort_end', 'last_day') }} <= as_of_date
                then coalesce(active_users, 0)
        end as bigint) as retained_users,
        cast(case
            when {{ add_days('cohort_end', 'first_day') }} <= as_of_date
                then users_on_or_after
        end as bigint) as users_on_or_after,
        cast(case
            when {{ add_days('cohort_end', 'last_day') }} <= as_of_date
                then coalesce(revenue, 0)
        end as decimal(18, 4)) as revenue
    from counted_cohorts
    where {{ add_days('cohort_start', 'first_day') }} <= as_of_date
)

select * from retention_cohorts
