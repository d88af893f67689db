{{ config(materialized='ephemeral') }}

-- One row per session that a run compares with sessions as the recording tool cut them;
-- all but the key is null where the session is gone.

with

-- What sessions were before counts as well as what they are.
changed_source_sessions as (
    select
        source_session_key,
        site_id,
        visitor_id,
        started_at,
        ended_at
    from {{ ref('int_source_sessions') }}
    where batch_id > {{ batch_seen('int_compared_sessions') }}

    union all

    select
        source_session_key,
        site_id,
        visitor_id,
        started_at,
        ended_at
    from {{ replaced(ref('int_source_sessions'), 'int_compared_sessions') }}
    where replaced_batch_id > {{ batch_seen('int_compared_sessions') }}
),

-- Of a session that several visitors share, theirs, too.
source_sessions_to_compare as (
    select
        site_id,
        visitor_id,
        started_at,
        ended_at
    from changed_source_sessions

    union

    select
        site_id,
        visitor_id,
        started_at,
        ended_at
    from {{ ref('int_source_sessions') }}
    where source_session_key in (
        select changed_source_sessions.source_session_key from changed_source_sessions
    )
),

-- A local date is at most a day off the UTC date.
dates_to_compare as (
    select
        site_id,
        visitor_id,
        started_at,
        ended_at,
        {{ each_date(
            add_days('cast(started_at as date)', '-1'), add_days('cast(ended_at as date)', '1')
        ) }} as active_date
    from source_sessions_to_compare
),

sessions_to_compare as (
    select
        session_days.session_id,
        session_days.session_date
    from dates_to_compare
    inner join {{ ref('int_session_days') }} as session_days
        on
            dates_to_compare.active_date = session_days.active_date
            and dates_to_compare.visitor_id = session_days.visitor_id
            and dates_to_compare.site_id = session_days.site_id
            and dates_to_compare.started_at <= session_days.ended_at
            and dates_to_compare.ended_at >= session_days.started_at

    union

    select
        session_id,
        session_date
    from {{ ref('int_session_days') }}
    where
        batch_id > {{ batch_seen('int_compared_sessions') }}
        and visitor_id in (
            select source_sessions.visitor_id
            from {{ ref('int_source_sessions') }} as source_sessions
        )

    union

    select
        session_id,
        session_date
    from {{ replaced(ref('int_session_days'), 'int_compared_sessions') }}
    where replaced_batch_id > {{ batch_seen('int_compared_sessions') }}
),

sessions as (
    select
        sessions_to_compare.session_id,
        sessions_to_compare.session_date,
        session_days.site_id,
        session_days.visitor_id,
        min(session_days.started_at) as started_at,
        max(session_days.ended_at) as ended_at
    from sessions_to_compare
    left join {{ ref('int_session_days') }} as session_days
        on
            sessions_to_compare.session_date = session_days.session_date
            and sessions_to_compare.session_id = session_days.session_id
    group by 1, 2, 3, 4
)

select * from sessions
