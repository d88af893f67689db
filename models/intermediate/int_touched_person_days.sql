{{ config(materialized='ephemeral') }}

-- One row per session and active date of the persons that a run touches, with the
-- dates of what it touches of the person, and the person's first date.

with

touched_sessions as (
    select
        person_id,
        session_date,
        last_active_date
    from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen('int_user_days') }}

    union all

    select
        person_id,
        session_date,
        last_active_date
    from {{ replaced(ref('int_sessions'), 'int_user_days') }}
    where is_counted and replaced_batch_id > {{ batch_seen('int_user_days') }}
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
        session_id,
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
        sessions.session_id,
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

persons as (
    select
        sessions.person_id,
        touched_persons.touched_from,
        touched_persons.touched_until,
        min(sessions.session_date) as first_date
    from sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    group by 1, 2, 3
),

touched_person_days as (
    select
        session_dates.*,
        persons.touched_from,
        persons.touched_until,
        persons.first_date
    from session_dates
    inner join persons
        on session_dates.person_id = persons.person_id
)

select * from touched_person_days
