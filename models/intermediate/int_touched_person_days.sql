{{ config(materialized='ephemeral') }}

-- One row per session and active date of the persons that a run touches, with the
-- dates of what it touches of the person, and how and when the person first came.

with

touched_sessions as (
    select
        person_id,
        session_date,
        last_active_date,
        conversions
    from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen('int_user_days') }}

    union all

    select
        person_id,
        session_date,
        last_active_date,
        conversions
    from {{ replaced(ref('int_sessions'), 'int_user_days') }}
    where is_counted and replaced_batch_id > {{ batch_seen('int_user_days') }}
),

touched_persons as (
    select
        person_id,
        min(session_date) as touched_from,
        max(last_active_date) as touched_until,
        sum(conversions) as touched_conversions
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
        sessions.session_number,
        sessions.hits,
        sessions.page_views,
        sessions.conversions,
        sessions.revenue,
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
        1 as sessions,
        revenue
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
        end as sessions,
        case
            when session_days.active_date = session_days.session_date
                then sessions.revenue
            else 0
        end as revenue
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
        touched_persons.touched_conversions,
        min(sessions.session_date) as first_date,
        max(case when sessions.session_number = 1 then sessions.site_id end) as first_site_id,
        max(case when sessions.session_number = 1 then sessions.channel end) as first_channel,
        min(case when sessions.conversions > 0 then sessions.session_date end)
            as first_conversion_date
    from sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    group by 1, 2, 3, 4
),

touched_person_days as (
    select
        session_dates.*,
        persons.touched_from,
        persons.touched_until,
        persons.first_date,
        persons.first_site_id,
        persons.first_channel,
        persons.first_conversion_date,
        persons.touched_conversions > 0
        and coalesce(persons.first_conversion_date >= persons.touched_from, true)
            as is_first_conversion_touched
    from session_dates
    inner join persons
        on session_dates.person_id = persons.person_id
)

select * from touched_person_days
