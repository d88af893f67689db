{{ config(materialized='ephemeral') }}

-- One row per cell, date and what a run changes there: the persons active on the date
-- (and so of its week and month), or the windows of 7 or of 28 days that end on it.

with

day_changes as (
    select
        *,
        cast({{ dbt.date_trunc('week', 'active_date') }} as date) as week_start,
        cast({{ dbt.date_trunc('month', 'active_date') }} as date) as month_start
    from {{ ref('int_user_day_changes') }}
),

-- A person counts in a week on its first active date there, and is new in the week
-- of its first date, for every cell that it was active in.
active_dates as (
    select
        cell_key,
        active_date as changed_date,
        sum(change * persons) as users,
        sum(case when active_date = first_date then change * persons else 0 end)
            as new_users,
        sum(
            case
                when
                    active_date != first_date
                    and coalesce(
                        previous_active_date < {{ add_days('active_date', -28) }}, true
                    )
                    then change * persons
                else 0
            end
        ) as resurrected_users,
        sum(change * sessions) as sessions,
        sum(
            case
                when coalesce(previous_active_date < week_start, true)
                    then change * persons
                else 0
            end
        ) as week_users,
        sum(
            case
                when
                    coalesce(previous_active_date < week_start, true)
                    and first_date >= week_start
                    then change * persons
                else 0
            end
        ) as new_week_users,
        sum(
            case
                when coalesce(previous_active_date < month_start, true)
                    then change * persons
                else 0
            end
        ) as month_users,
        sum(
            case
                when
                    coalesce(previous_active_date < month_start, true)
                    and first_date >= month_start
                    then change * persons
                else 0
            end
        ) as new_month_users
    from day_changes
    group by 1, 2
),

-- Each active date counts for 7 (28) days, or until the person's next one: on every
-- date, the running sum of what begins and ends is the users of that window.
ended_windows as (
    select
        cell_key,
        least(
            coalesce(next_active_date, {{ add_days('active_date', 7) }}),
            {{ add_days('active_date', 7) }}
        ) as changed_date,
        sum(change * persons) as ended_7_days,
        0 as ended_28_days
    from day_changes
    group by 1, 2

    union all

    select
        cell_key,
        least(
            coalesce(next_active_date, {{ add_days('active_date', 28) }}),
            {{ add_days('active_date', 28) }}
        ) as changed_date,
        0 as ended_7_days,
        sum(change * persons) as ended_28_days
    from day_changes
    group by 1, 2
),

user_date_changes as (
    select
        cell_key,
        changed_date,
        users,
        new_users,
        resurrected_users,
        sessions,
        week_users,
        new_week_users,
        month_users,
        new_month_users,
        users as users_7_days_change,
        users as users_28_days_change
    from active_dates

    union all

    select
        cell_key,
        changed_date,
        0 as users,
        0 as new_users,
        0 as resurrected_users,
        0 as sessions,
        0 as week_users,
        0 as new_week_users,
        0 as month_users,
        0 as new_month_users,
        -ended_7_days as users_7_days_change,
        -ended_28_days as users_28_days_change
    from ended_windows
)

select * from user_date_changes
