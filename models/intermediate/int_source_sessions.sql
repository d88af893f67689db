{{
    config(
        materialized='incremental',
        replace_by=['source_session_key', 'visitor_key'],
        keeps_replaced=true,
        gone_when='started_at is null'
    )
}}

-- One row per raw format, site, visitor and session as the recording tool cut it.

with

broken_sessions as (
    select * from {{ ref('int_broken_source_sessions') }}
),

-- Older hits: those that count once again, and those of broken sessions.
hits_to_add_again as (
    select delivery_id
    from {{ ref('int_repeated_deliveries') }}
    where is_counted and batch_id > {{ batch_seen() }}

    union

    select hits.delivery_id
    from broken_sessions
    inner join {{ ref('int_hits') }} as hits
        on
            broken_sessions.visitor_id = hits.visitor_id
            and broken_sessions.site_id = hits.site_id
            and broken_sessions.format = hits.format
            and broken_sessions.source_session_id = hits.source_session_id
            and broken_sessions.started_at <= hits.event_at
            and broken_sessions.ended_at >= hits.event_at
),

hits_to_add as (
    select * from {{ ref('int_hits') }}
    where source_session_id is not null and batch_id > {{ batch_seen() }}

    union all

    select hits.*
    from hits_to_add_again
    inner join {{ ref('int_hits') }} as hits
        on hits_to_add_again.delivery_id = hits.delivery_id
    where hits.source_session_id is not null and hits.batch_id <= {{ batch_seen() }}
),

new_parts as (
    select
        format,
        site_id,
        visitor_id,
        source_session_id,
        {{ hash_key('format, source_session_id') }} as source_session_key,
        {{ hash_key('site_id, visitor_id') }} as visitor_key,
        time_zone,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        {{ first_by('hit_id', 'event_at', 'hit_id') }} as first_hit_id,
        {{ first_by(
            'coalesce(utm_source, utm_medium, utm_campaign) is not null '
            ~ "or coalesce(page_url like '%?%utm_%=%', false)", 'event_at', 'hit_id'
        ) }} as is_tagged
    from hits_to_add
    group by 1, 2, 3, 4, 5, 6, 7
),

parts as (
    select * from new_parts

    union all

    select
        stored.format,
        stored.site_id,
        stored.visitor_id,
        stored.source_session_id,
        stored.source_session_key,
        stored.visitor_key,
        new_parts.time_zone,
        stored.started_at,
        stored.ended_at,
        stored.first_hit_id,
        stored.is_tagged
    from {{ stored() }} as stored
    inner join new_parts
        on
            stored.source_session_key = new_parts.source_session_key
            and stored.visitor_key = new_parts.visitor_key
    left join broken_sessions
        on
            stored.source_session_key = broken_sessions.source_session_key
            and stored.visitor_key = broken_sessions.visitor_key
    where broken_sessions.visitor_key is null

    union all

    -- What is broken may be gone.
    select
        format,
        site_id,
        visitor_id,
        source_session_id,
        source_session_key,
        visitor_key,
        cast(null as string) as time_zone,
        cast(null as timestamp) as started_at,
        cast(null as timestamp) as ended_at,
        cast(null as string) as first_hit_id,
        cast(null as boolean) as is_tagged
    from broken_sessions
),

source_sessions as (
    select
        format,
        site_id,
        visitor_id,
        source_session_id,
        source_session_key,
        visitor_key,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        {{ local_date('min(started_at)', 'max(time_zone)') }} as start_date,
        {{ local_date('max(ended_at)', 'max(time_zone)') }} as end_date,
        {{ first_by('first_hit_id', 'started_at', 'first_hit_id') }} as first_hit_id,
        {{ first_by('is_tagged', 'started_at', 'first_hit_id') }} as is_tagged,
        cast({{ this_batch() }} as bigint) as batch_id
    from parts
    group by 1, 2, 3, 4, 5, 6
)

select * from source_sessions
