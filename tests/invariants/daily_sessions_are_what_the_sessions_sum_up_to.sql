-- The table adds changes up over the years: a change missed or taken twice would
-- stay for good.

with

summed as (
    select
        session_date,
        site_id,
        channel,
        count(*) as sessions,
        count(case when is_engaged then 1 end) as engaged_sessions,
        count(case when is_new_person then 1 end) as new_person_sessions,
        sum(coalesce(duration_seconds, 0)) as duration_seconds,
        sum(page_views) as page_views,
        sum(revenue) as revenue
    from {{ ref('int_sessions') }}
    where is_counted
    group by 1, 2, 3
),

stored as (
    select
        session_date,
        site_id,
        channel,
        sum(sessions) as sessions,
        sum(engaged_sessions) as engaged_sessions,
        sum(new_person_sessions) as new_person_sessions,
        sum(duration_seconds) as duration_seconds,
        sum(page_views) as page_views,
        sum(revenue) as revenue
    from {{ ref('daily_sessions') }}
    group by 1, 2, 3
),

only_summed as (
    select * from summed
    except
    select * from stored
),

only_stored as (
    select * from stored
    except
    select * from summed
)

select
    session_date,
    site_id,
    channel,
    sessions
from only_summed
union all
select
    session_date,
    site_id,
    channel,
    sessions
from only_stored
