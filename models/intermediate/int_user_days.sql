{{
    config(
        materialized='incremental',
        replace_by=['person_id'],
        keeps_replaced=true,
        gone_when='active_date is null'
    )
}}

-- One row per person, site, active date, channel, country and device. A run renews
-- all rows of the persons that it touches, so that whoever counts persons below
-- sees them whole, before and after.

with

touched_persons as (
    select person_id from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen() }}
    union
    select person_id from {{ replaced(ref('int_sessions')) }}
    where is_counted and replaced_batch_id > {{ batch_seen() }}
),

sessions_of_touched_persons as (
    select sessions.*
    from {{ ref('int_sessions') }} as sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    where sessions.is_counted
),

first_dates as (
    select
        person_id,
        min(session_date) as first_date
    from sessions_of_touched_persons
    group by 1
),

-- A session that stays within its date is its only day; the others have theirs.
person_days as (
    select
        person_id,
        site_id,
        session_date as active_date,
        channel,
        country_code,
        device_type,
        hits,
        page_views,
        1 as sessions
    from sessions_of_touched_persons
    where last_active_date = session_date

    union all

    select
        sessions_of_touched_persons.person_id,
        sessions_of_touched_persons.site_id,
        session_days.active_date,
        sessions_of_touched_persons.channel,
        sessions_of_touched_persons.country_code,
        sessions_of_touched_persons.device_type,
        session_days.hits,
        session_days.page_views,
        case
            when session_days.active_date = session_days.session_date then 1 else 0
        end as sessions
    from sessions_of_touched_persons
    inner join {{ ref('int_session_days') }} as session_days
        on sessions_of_touched_persons.session_id = session_days.session_id
    where
        sessions_of_touched_persons.last_active_date
        != sessions_of_touched_persons.session_date
),

days_of_touched_persons as (
    select
        touched_persons.person_id,
        person_days.site_id,
        person_days.active_date,
        person_days.channel,
        person_days.country_code,
        person_days.device_type,
        cast(sum(person_days.hits) as bigint) as hits,
        cast(sum(person_days.page_views) as bigint) as page_views,
        cast(sum(person_days.sessions) as bigint) as sessions,
        first_dates.first_date
    from touched_persons
    left join person_days
        on touched_persons.person_id = person_days.person_id
    left join first_dates
        on touched_persons.person_id = first_dates.person_id
    group by 1, 2, 3, 4, 5, 6, 10
),

user_days as (
    select
        *,
        count(*) over (partition by person_id) = 1 as is_only_row,
        cast({{ this_batch() }} as bigint) as batch_id
    from days_of_touched_persons
)

select * from user_days
