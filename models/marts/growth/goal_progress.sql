-- One row per target: month, site, figure and, if it has one, goal.

with

days as (
    select * from {{ ref('int_target_days') }}
),

monthly_users as (
    select * from {{ ref('monthly_users') }}
    where dimension = 'all'
),

-- The mean of each weekday in the four weeks before the present.
usual_days as (
    select
        month_start,
        site_id,
        metric,
        goal_id,
        weekday_number,
        cast(sum(amount) / count(*) as decimal(18, 6)) as usual_amount
    from days
    where not is_in_month and is_recorded
    group by 1, 2, 3, 4, 5
),

-- The present is not over: it has what it has, or what is usual, if that is more.
expected_days as (
    select
        days.*,
        coalesce(usual_days.usual_amount, 0) as usual_amount,
        case when days.target_date <= days.as_of_date then days.amount else 0 end
            as known_amount,
        case
            when days.target_date < days.as_of_date then days.amount
            when days.target_date > days.as_of_date then coalesce(usual_days.usual_amount, 0)
            else greatest(days.amount, coalesce(usual_days.usual_amount, 0))
        end as expected_amount
    from days
    left join usual_days
        on
            days.month_start = usual_days.month_start
            and days.site_id = usual_days.site_id
            and days.metric = usual_days.metric
            and days.goal_id is not distinct from usual_days.goal_id
            and days.weekday_number = usual_days.weekday_number
    where days.is_in_month
),

months as (
    select
        month_start,
        month_end,
        site_id,
        metric,
        goal_id,
        target,
        as_of_date,
        count(*) as days, -- noqa: RF04
        count(case when target_date <= as_of_date then 1 end) as elapsed_days,
        sum(known_amount) as known_amount,
        sum(expected_amount) as expected_amount,
        sum(usual_amount) as usual_amount,
        sum(case when target_date <= as_of_date then usual_amount else 0 end)
            as usual_amount_to_date
    from expected_days
    group by 1, 2, 3, 4, 5, 6, 7
),

-- Users do not add up over days: those of the month grow as its days with a user do.
figures as (
    select
        months.*,
        case months.metric
            when 'users' then coalesce(monthly_users.users, 0)
            else months.known_amount
        end as actual,
        case
            when months.metric = 'users' and months.known_amount > 0
                then
                    coalesce(monthly_users.users, 0)
                    * months.expected_amount / months.known_amount
            else months.expected_amount
        end as forecast,
        case
            when months.usual_amount > 0
                then months.target * months.usual_amount_to_date / months.usual_amount
            else months.target * months.elapsed_days / months.days
        end as target_to_date
    from months
    left join monthly_users
        on
            months.month_start = monthly_users.period_start
            and months.site_id = monthly_users.site_id
),

goal_progress as (
    select
        month_start,
        site_id,
        metric,
        goal_id,
        target,
        cast(target_to_date as decimal(18, 2)) as target_to_date,
        cast(actual as decimal(18, 4)) as actual,
        cast(forecast as decimal(18, 2)) as forecast,
        days,
        elapsed_days,
        elapsed_days = days as is_over,
        cast(forecast as decimal(18, 2)) >= target as is_on_track,
        as_of_date
    from figures
)

select * from goal_progress
