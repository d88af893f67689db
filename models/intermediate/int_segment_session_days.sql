{{ config(materialized='ephemeral') }}

-- One row per session and active date of the persons that a run touches, with what the
-- session counts for on the date on which it counts.
-- depends_on: {{ ref('int_segment_members') }}

with

persons as (
    select person_id from {{ ref('int_sessions') }}
    where batch_id > {{ batch_seen('int_segment_days') }}

    union

    select person_id from {{ replaced(ref('int_sessions'), 'int_segment_days') }}
    where replaced_batch_id > {{ batch_seen('int_segment_days') }}
),

sessions as (
    select
        sessions.session_id,
        sessions.person_id,
        sessions.site_id,
        sessions.is_counted,
        sessions.session_date,
        sessions.last_active_date,
        sessions.hits,
        sessions.page_views,
        sessions.duration_seconds,
        sessions.conversions,
        sessions.revenue,
        sessions.is_engaged,
        sessions.is_bounce,
        min(sessions.session_date) over (partition by sessions.person_id) as first_date,
        min(case when sessions.is_counted then sessions.session_date end) over (
            partition by sessions.person_id
        ) as first_counted_date
    from {{ ref('int_sessions') }} as sessions
    inner join persons
        on sessions.person_id = persons.person_id
),

-- A session that stays within its date is its only day; the others have theirs.
days as (
    select
        session_id,
        session_date as active_date,
        hits,
        page_views
    from sessions
    where last_active_date = session_date

    union all

    select
        sessions.session_id,
        session_days.active_date,
        session_days.hits,
        session_days.page_views
    from sessions
    inner join {{ ref('int_session_days') }} as session_days
        on sessions.session_id = session_days.session_id
    where sessions.last_active_date != sessions.session_date
),

session_days as (
    select
        sessions.session_id,
        sessions.person_id,
        sessions.site_id,
        sessions.is_counted,
        sessions.session_date,
        sessions.first_date,
        sessions.first_counted_date,
        days.active_date,
        days.hits,
        days.page_views,
        case when sessions.is_engaged then 1 else 0 end as engaged_sessions,
        case when sessions.is_bounce then 1 else 0 end as bounces,
        case when sessions.conversions > 0 then 1 else 0 end as converting_sessions,
        case when sessions.duration_seconds is not null then 1 else 0 end as measured_sessions,
        coalesce(sessions.duration_seconds, 0) as duration_seconds,
        sessions.conversions,
        sessions.revenue
    from days
    inner join sessions
        on days.session_id = sessions.session_id
)

select * from session_days
