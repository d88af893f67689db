{{ config(materialized='ephemeral') }}

-- One row per hit that a run cuts into sessions, with its place in the order.

with

broken_sessions as (
    select * from {{ ref('int_broken_sessions') }}
),

-- Older hits: those that count once again, and those of broken sessions.
hits_to_cut_again as (
    select delivery_id
    from {{ ref('int_repeated_deliveries') }}
    where is_counted and batch_id > {{ batch_seen('int_session_days') }}

    union

    select hits.delivery_id
    from broken_sessions
    inner join {{ ref('int_hits') }} as hits
        on
            broken_sessions.site_id = hits.site_id
            and broken_sessions.visitor_id = hits.visitor_id
            and broken_sessions.started_at <= hits.event_at
            and broken_sessions.ended_at >= hits.event_at
),

all_hits_to_cut as (
    select * from {{ ref('int_hits') }}
    where batch_id > {{ batch_seen('int_session_days') }}

    union all

    select hits.*
    from hits_to_cut_again
    inner join {{ ref('int_hits') }} as hits
        on hits_to_cut_again.delivery_id = hits.delivery_id
    where hits.batch_id <= {{ batch_seen('int_session_days') }}
),

hits_to_cut as (
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
        event_at
    from all_hits_to_cut
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
