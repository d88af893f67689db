-- One row per session date, site with a user on it, and goal that can be met there.

with

goals as (
    select * from {{ ref('goals') }}
),

daily_users as (
    select * from {{ ref('daily_users') }}
    where dimension = 'all' and site_id != '(all)' and users > 0
),

converted_days as (
    select
        session_date,
        site_id,
        goal_id,
        count(*) as conversions,
        count(distinct session_id) as converting_sessions,
        count(distinct person_id) as converting_users,
        sum(reporting_value) as reporting_value,
        sum(revenue) as revenue
    from {{ ref('conversions') }}
    group by 1, 2, 3
),

daily_goals as (
    select
        daily_users.period_start as session_date,
        daily_users.site_id,
        goals.goal_id,
        coalesce(converted_days.conversions, 0) as conversions,
        coalesce(converted_days.converting_sessions, 0) as converting_sessions,
        coalesce(converted_days.converting_users, 0) as converting_users,
        daily_users.sessions,
        daily_users.users,
        cast(coalesce(converted_days.reporting_value, 0) as decimal(18, 4))
            as reporting_value,
        cast(coalesce(converted_days.revenue, 0) as decimal(18, 4)) as revenue
    from daily_users
    inner join goals
        on daily_users.site_id = coalesce(goals.site_id, daily_users.site_id)
    left join converted_days
        on
            daily_users.period_start = converted_days.session_date
            and daily_users.site_id = converted_days.site_id
            and goals.goal_id = converted_days.goal_id
)

select * from daily_goals
