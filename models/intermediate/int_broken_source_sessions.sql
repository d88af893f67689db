{{ config(materialized='ephemeral') }}

-- One row per stored session of a recording tool that may hold a hit which counts no
-- longer: it is put together again from its hits.

with

withdrawn_hits as (
    -- An earlier copy arrived later.
    select
        visitor_id,
        event_at
    from {{ ref('int_repeated_deliveries') }}
    where
        not is_counted
        and delivered_batch_id < batch_id
        and batch_id > {{ batch_seen('int_source_sessions') }}

    union

    -- The file that brought it was read again.
    select
        visitor_id,
        event_at
    from {{ replaced(ref('int_hit_deliveries'), 'int_source_sessions') }}
    where
        source_session_id is not null
        and replaced_batch_id > {{ batch_seen('int_source_sessions') }}
),

broken_sessions as (
    select distinct
        stored.format,
        stored.site_id,
        stored.visitor_id,
        stored.source_session_id,
        stored.source_session_key,
        stored.visitor_key,
        stored.started_at,
        stored.ended_at
    from {{ stored('int_source_sessions') }} as stored
    inner join withdrawn_hits
        on
            stored.visitor_id = withdrawn_hits.visitor_id
            and stored.started_at <= withdrawn_hits.event_at
            and stored.ended_at >= withdrawn_hits.event_at
)

select * from broken_sessions
