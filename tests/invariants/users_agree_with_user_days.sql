-- Both are derived from the same sessions by different ways.

with

summed as (
    select
        person_id,
        sum(sessions) as sessions,
        sum(page_views) as page_views,
        count(distinct active_date) as active_days,
        count(distinct case when is_new then active_date end) as first_dates
    from {{ ref('user_days') }}
    group by 1
)

select
    users.person_id,
    summed.sessions
from {{ ref('users') }} as users
full outer join summed
    on users.person_id = summed.person_id
where
    users.person_id is null
    or summed.person_id is null
    or users.sessions != summed.sessions
    or users.page_views != summed.page_views
    or users.active_days != summed.active_days
    or summed.first_dates != 1
