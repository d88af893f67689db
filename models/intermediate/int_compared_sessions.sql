{{
    config(
        materialized='incremental',
        replace_by=['format', 'session_id'],
        keeps_replaced=true,
        gone_when='reason is null',
        bounded_by='session_date',
        skip_unchanged=true
    )
}}

-- One row per raw format and session that meets sessions as the recording tool cut them:
-- whether it is one of them, and why not.

with

sessions_to_compare as (
    select * from {{ ref('int_sessions_to_compare') }}
),

meetings as (
    select
        source_sessions.format,
        sessions_to_compare.session_id,
        sessions_to_compare.session_date,
        sessions_to_compare.site_id,
        sessions_to_compare.started_at,
        sessions_to_compare.ended_at,
        source_sessions.source_session_key,
        source_sessions.started_at as source_started_at,
        source_sessions.ended_at as source_ended_at,
        source_sessions.start_date,
        source_sessions.is_tagged,
        row_number() over (
            partition by source_sessions.format, sessions_to_compare.session_id
            order by source_sessions.started_at, source_sessions.source_session_id
        ) as meeting_number,
        max(source_sessions.end_date) over (
            partition by source_sessions.format, sessions_to_compare.session_id
            order by source_sessions.started_at, source_sessions.source_session_id
            rows between unbounded preceding and 1 preceding
        ) as last_date_before
    from sessions_to_compare
    inner join {{ ref('int_source_sessions') }} as source_sessions
        on
            sessions_to_compare.visitor_id = source_sessions.visitor_id
            and sessions_to_compare.site_id = source_sessions.site_id
            and sessions_to_compare.started_at <= source_sessions.ended_at
            and sessions_to_compare.ended_at >= source_sessions.started_at
),

shared_source_sessions as (
    select source_session_key
    from {{ ref('int_source_sessions') }}
    where source_session_key in (select meetings.source_session_key from meetings)
    group by 1
    having count(*) > 1
),

-- Where a session meets several of the tool's, the second says why it was started.
compared_sessions as (
    select
        meetings.format,
        meetings.session_id,
        meetings.session_date,
        meetings.site_id,
        case
            when count(shared_source_sessions.source_session_key) > 0 then 'several visitors'
            when
                count(case
                    when meetings.meeting_number = 2
                        then nullif(meetings.last_date_before < meetings.start_date, false)
                end) > 0
                then 'midnight'
            when
                count(case
                    when meetings.meeting_number = 2 then nullif(meetings.is_tagged, false)
                end) > 0
                then 'campaign'
            when count(*) > 1 then 'shorter timeout'
            when
                min(meetings.source_started_at) < meetings.started_at
                or max(meetings.source_ended_at) > meetings.ended_at
                then 'longer timeout'
            when
                min(meetings.source_started_at) > meetings.started_at
                or max(meetings.source_ended_at) < meetings.ended_at
                then 'hits without a session'
            else 'same'
        end as reason,
        count(case when meetings.source_started_at >= meetings.started_at then 1 end)
            as source_sessions
    from meetings
    left join shared_source_sessions
        on meetings.source_session_key = shared_source_sessions.source_session_key
    group by 1, 2, 3, 4, meetings.started_at, meetings.ended_at -- noqa: AM06
),

gone_sessions as (
    select
        stored.format,
        stored.session_id,
        stored.session_date
    from sessions_to_compare
    inner join {{ stored() }} as stored
        on
            sessions_to_compare.session_date = stored.session_date
            and sessions_to_compare.session_id = stored.session_id
    left join compared_sessions
        on
            stored.format = compared_sessions.format
            and stored.session_id = compared_sessions.session_id
            and stored.session_date = compared_sessions.session_date
    where compared_sessions.session_id is null
),

sessions as (
    select
        format,
        session_id,
        session_date,
        site_id,
        reason,
        source_sessions,
        cast({{ this_batch() }} as bigint) as batch_id
    from compared_sessions

    union all

    select
        format,
        session_id,
        session_date,
        cast(null as string) as site_id,
        cast(null as string) as reason,
        cast(null as bigint) as source_sessions,
        cast({{ this_batch() }} as bigint) as batch_id
    from gone_sessions
)

select * from sessions
