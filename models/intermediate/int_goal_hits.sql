{{
    config(
        materialized='incremental',
        replace_by=['delivery_id'],
        gone_when='goal_id is null'
    )
}}

-- One row per goal and hit that has all that the goal asks of a hit.

with

goals as (
    select * from {{ ref('goals') }} as goals
    where {{ asks_for_a_hit('goals') }}
),

new_hits as (
    select * from {{ ref('int_hits') }}
    where batch_id > {{ batch_seen() }} and {{ types_of_goals('hit_type') }}

    union all

    -- Older hits that count once again.
    select hits.*
    from {{ ref('int_repeated_deliveries') }} as repeated_deliveries
    inner join {{ ref('int_hits') }} as hits
        on repeated_deliveries.delivery_id = hits.delivery_id
    where
        repeated_deliveries.is_counted
        and repeated_deliveries.batch_id > {{ batch_seen() }}
        and hits.batch_id <= {{ batch_seen() }}
        and {{ types_of_goals('hits.hit_type') }}
),

matches as (
    select
        goals.goal_id,
        new_hits.*
    from goals
    inner join new_hits
        on
            (goals.hit_type is null or goals.hit_type = new_hits.hit_type)
            and (goals.hit_name is null or goals.hit_name = new_hits.hit_name)
            and (goals.site_id is null or goals.site_id = new_hits.site_id)
            and (goals.minimum_value is null or goals.minimum_value <= new_hits.value)
    where
        (
            goals.page_url_pattern is null
            or {{ matches('new_hits.page_url', 'goals.page_url_pattern') }}
        )
        and (
            goals.page_title_pattern is null
            or {{ matches('new_hits.page_title', 'goals.page_title_pattern') }}
        )
),

withdrawn_deliveries as (
    select delivery_id from {{ ref('int_repeated_deliveries') }}
    where not is_counted and batch_id > {{ batch_seen() }}
    union all
    select delivery_id from {{ replaced(ref('int_hit_deliveries')) }}
    where replaced_batch_id > {{ batch_seen() }}
),

goal_hits as (
    select
        goal_id,
        delivery_id,
        hit_id,
        format,
        site_id,
        visitor_id,
        page_url,
        value,
        currency,
        {{ local_date('event_at', 'time_zone') }} as active_date,
        event_at
    from matches

    union all

    -- A hit that counts no longer has a row that says no more than that.
    select
        null as goal_id,
        delivery_id,
        hit_id,
        format,
        site_id,
        visitor_id,
        page_url,
        value,
        currency,
        active_date,
        event_at
    from {{ stored() }}
    where delivery_id in (select withdrawn_deliveries.delivery_id from withdrawn_deliveries)
)

select * from goal_hits
