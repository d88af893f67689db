{{
    config(
        materialized='incremental',
        replace_by=['person_id', 'active_date'],
        bounded_by='active_date',
        keeps_replaced=true,
        gone_when='site_id is null'
    )
}}

-- One row per person, site, active date, channel, country and device. A run renews
-- the rows of the persons that it touches for 31 days around what it touches, so that
-- whoever counts persons below sees all that a count can depend on, before and after.

with

touched_sessions as (
    select
        person_id,
        session_date,
        last_active_date
    from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen() }}

    union all

    select
        person_id,
        session_date,
        last_active_date
    from {{ replaced(ref('int_sessions')) }}
    where is_counted and replaced_batch_id > {{ batch_seen() }}
),

touched_persons as (
    select
        person_id,
        min(session_date) as touched_from,
        max(last_active_date) as touched_until
    from touched_sessions
    group by 1
),

sessions as (
    select
        sessions.session_id,
        sessions.person_id,
        sessions.site_id,
        sessions.channel,
        sessions.country_code,
        sessions.device_type,
        sessions.hits,
        sessions.page_views,
        sessions.session_date,
        sessions.last_active_date
    from {{ ref('int_sessions') }} as sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    where sessions.is_counted
),

-- A session that stays within its date is its only day; the others have theirs.
session_dates as (
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
    from sessions
    where last_active_date = session_date

    union all

    select
        sessions.person_id,
        sessions.site_id,
        session_days.active_date,
        sessions.channel,
        sessions.country_code,
        sessions.device_type,
        session_days.hits,
        session_days.page_views,
        case
            when session_days.active_date = session_days.session_date then 1 else 0
        end as sessions
    from sessions
    inner join {{ ref('int_session_days') }} as session_days
        on sessions.session_id = session_days.session_id
    where sessions.last_active_date != sessions.session_date
),

-- Where the first date is touched, all dates may turn out new or not.
persons as (
    select
        sessions.person_id,
        touched_persons.touched_from,
        touched_persons.touched_until,
        min(sessions.session_date) as first_date,
        min(sessions.session_date) >= touched_persons.touched_from as is_first_date_touched
    from sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    group by 1, 2, 3
),

days as (
    select
        session_dates.person_id,
        session_dates.site_id,
        session_dates.active_date,
        session_dates.channel,
        session_dates.country_code,
        session_dates.device_type,
        cast(sum(session_dates.hits) as bigint) as hits,
        cast(sum(session_dates.page_views) as bigint) as page_views,
        cast(sum(session_dates.sessions) as bigint) as sessions,
        persons.first_date
    from session_dates
    inner join persons
        on session_dates.person_id = persons.person_id
    where
        persons.is_first_date_touched
        or session_dates.active_date between
        {{ add_days('persons.touched_from', -31) }}
        and {{ add_days('persons.touched_until', 31) }}
    group by 1, 2, 3, 4, 5, 6, 10
),

-- A date without a session any more has a row that says no more than that.
replaced_dates as (
    select distinct
        person_id,
        {{ each_date('session_date', 'last_active_date') }} as active_date
    from {{ replaced(ref('int_sessions')) }}
    where is_counted and replaced_batch_id > {{ batch_seen() }}
),

gone_dates as (
    select replaced_dates.*
    from replaced_dates
    left join days
        on
            replaced_dates.person_id = days.person_id
            and replaced_dates.active_date = days.active_date
    where days.person_id is null
),

user_days as (
    select
        coalesce(days.person_id, gone_dates.person_id) as person_id,
        days.site_id,
        coalesce(days.active_date, gone_dates.active_date) as active_date,
        days.channel,
        days.country_code,
        days.device_type,
        days.hits,
        days.page_views,
        days.sessions,
        days.first_date,
        cast({{ this_batch() }} as bigint) as batch_id
    from days
    full outer join gone_dates
        on
            days.person_id = gone_dates.person_id
            and days.active_date = gone_dates.active_date
)

-- In the order of dates, so that later runs pass over what lies outside of theirs.
select * from user_days
order by active_date -- noqa: AM06
