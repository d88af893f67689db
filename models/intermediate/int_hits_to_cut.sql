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

-- Only hits of a visitor at the same microsecond need their ids compared; equal
-- hashes show where that may be.
possible_ties as (
    select {{ hash_key('visitor_id, event_at') }} as instant_key
    from hits_to_cut
    group by 1
    having count(*) > 1
),

ties as (
    select
        delivery_id,
        row_number() over (
            partition by site_id, visitor_id, event_at order by hit_id
        ) - 1 as tie_rank
    from hits_to_cut
    where {{ hash_key('visitor_id, event_at') }} in (
        select possible_ties.instant_key from possible_ties
    )
),

ordered_hits as (
    select
        hits_to_cut.delivery_id,
        hits_to_cut.site_id,
        hits_to_cut.visitor_id,
        hits_to_cut.time_zone,
        hits_to_cut.timeout_microseconds,
        hits_to_cut.hit_type,
        hits_to_cut.value,
        hits_to_cut.is_conversion,
        hits_to_cut.has_user,
        hits_to_cut.event_at,
        {{ order_key(
            'hits_to_cut.event_at', 'coalesce(ties.tie_rank, 0)', 'hits_to_cut.delivery_id'
        ) }} as order_key
    from hits_to_cut
    left join ties
        on hits_to_cut.delivery_id = ties.delivery_id
)

select * from ordered_hits
