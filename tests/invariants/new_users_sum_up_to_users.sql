-- Everybody is new once: in whatever periods they are counted, the new users are all
-- users.

with

sums as (
    select
        (select count(*) from {{ ref('users') }}) as users,
        (
            select coalesce(sum(new_users), 0)
            from {{ ref('daily_users') }}
            where site_id = '(all)' and dimension = 'all'
        ) as new_users_of_days,
        (
            select coalesce(sum(new_users), 0)
            from {{ ref('weekly_users') }}
            where site_id = '(all)' and dimension = 'all'
        ) as new_users_of_weeks,
        (
            select coalesce(sum(new_users), 0)
            from {{ ref('monthly_users') }}
            where site_id = '(all)' and dimension = 'all'
        ) as new_users_of_months,
        (select coalesce(sum(new_person_sessions), 0) from {{ ref('daily_sessions') }})
            as new_person_sessions
)

select * from sums
where
    users != new_users_of_days
    or users != new_users_of_weeks
    or users != new_users_of_months
    or users != new_person_sessions
