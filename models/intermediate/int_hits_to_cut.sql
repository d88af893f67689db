{{ config(materialized='ephemeral') }}

-- One row per hit that a run cuts into sessions, with its place in the order.

with

hits as (
    select
        delivery_id,
        hit_id,
        site_id,
        visitor_id,
        time_zone,
        timeout_microseconds,
        hit_type,
        value,
        is_conversion,
        user_id is not null as has_user,
        event_at,
        batch_id,
        coalesce(released_batch_id, 0) as released_batch_id
    from {{ ref('int_hits') }}
),

broken_sessions as (
    select * from {{ ref('int_broken_sessions') }}
),

hits_to_cut as (
    select * from hits
    where batch_id > {{ batch_seen('int_session_days') }}

    union all

    select * from hits
    where
        batch_id <= {{ batch_seen('int_session_days') }}
        and released_batch_id > {{ batch_seen('int_session_days') }}

    union all

    select hits.*
    from hits
    inner join broken_sessions
        on
            hits.site_id = broken_sessions.site_id
            and hits.visitor_id = broken_sessions.visitor_id
            and hits.event_at >= broken_sessions.started_at
            and hits.event_at <= broken_sessions.ended_at
    where
        hits.batch_id <= {{ batch_seen('int_session_days') }}
        and hits.released_batch_id <= {{ batch_seen('int_session_days') }}
),

-- The total order as one integer: comparing it, and sorting by it, costs a
-- fraction of what (event_at, hit_id) costs.
positions as (
    select
        delivery_id,
        row_number() over (order by event_at, hit_id) as position
    from hits_to_cut
),

positioned_hits as (
    select
        hits_to_cut.*,
        positions.position
    from hits_to_cut
    inner join positions
        on hits_to_cut.delivery_id = positions.delivery_id
)

select * from positioned_hits
