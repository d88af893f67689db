-- The rolling windows are running sums of what opens and closes: one that did not
-- close would count for ever.

with

dates as (
    select distinct period_start
    from {{ ref('daily_users') }}
),

counted as (
    select
        dates.period_start,
        count(distinct case
            when user_days.active_date > {{ add_days('dates.period_start', -7) }}
                then user_days.person_id
        end) as users_7_days,
        count(distinct user_days.person_id) as users_28_days
    from dates
    inner join {{ ref('user_days') }} as user_days
        on
            dates.period_start >= user_days.active_date
            and {{ add_days('dates.period_start', -28) }} < user_days.active_date
    group by 1
),

stored as (
    select
        period_start,
        users_7_days,
        users_28_days
    from {{ ref('daily_users') }}
    where site_id = '(all)' and dimension = 'all'
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
    period_start,
    users_7_days,
    users_28_days
from only_counted
union all
select
    period_start,
    users_7_days,
    users_28_days
from only_stored
