-- One row per target and date that its progress looks at: those of its month, and the
-- 28 before the present.

with

as_of as (
    select * from {{ ref('int_as_of') }}
),

targets as (
    select
        *,
        cast({{ dbt.last_day('month_start', 'month') }} as date) as month_end
    from {{ ref('targets') }}
),

daily_users as (
    select * from {{ ref('daily_users') }}
    where dimension = 'all' and users > 0
),

first_dates as (
    select
        site_id,
        min(period_start) as first_date
    from daily_users
    group by 1
),

daily_goals as (
    select * from {{ ref('daily_goals') }}
),

goal_days as (
    select
        targets.month_start,
        targets.site_id,
        targets.metric,
        targets.goal_id,
        daily_goals.session_date,
        sum(daily_goals.conversions) as conversions,
        sum(daily_goals.revenue) as revenue
    from targets
    inner join daily_goals
        on
            (targets.site_id = '(all)' or targets.site_id = daily_goals.site_id)
            and (targets.goal_id is null or targets.goal_id = daily_goals.goal_id)
    group by 1, 2, 3, 4, 5
),

dates as (
    select
        targets.*,
        as_of.as_of_date,
        {{ each_date('targets.month_start', 'targets.month_end') }} as target_date,
        true as is_in_month
    from targets
    cross join as_of

    union all

    select
        targets.*,
        as_of.as_of_date,
        {{ each_date(add_days('as_of.as_of_date', -28), add_days('as_of.as_of_date', -1)) }}
            as target_date,
        false as is_in_month
    from targets
    cross join as_of
),

target_days as (
    select
        dates.month_start,
        dates.month_end,
        dates.site_id,
        dates.metric,
        dates.goal_id,
        dates.target,
        dates.as_of_date,
        dates.target_date,
        dates.is_in_month,
        {{ dbt.datediff(
            dbt.date_trunc('week', 'dates.target_date'), 'dates.target_date', 'day'
        ) }} as weekday_number,
        dates.target_date >= first_dates.first_date as is_recorded,
        cast(coalesce(
            case dates.metric
                when 'sessions' then daily_users.sessions
                when 'users' then daily_users.users
                when 'conversions' then goal_days.conversions
                when 'revenue' then goal_days.revenue
            end, 0
        ) as decimal(18, 4)) as amount
    from dates
    left join first_dates
        on dates.site_id = first_dates.site_id
    left join daily_users
        on
            dates.site_id = daily_users.site_id
            and dates.target_date = daily_users.period_start
    left join goal_days
        on
            dates.month_start = goal_days.month_start
            and dates.site_id = goal_days.site_id
            and dates.metric = goal_days.metric
            and dates.goal_id is not distinct from goal_days.goal_id
            and dates.target_date = goal_days.session_date
)

select * from target_days
