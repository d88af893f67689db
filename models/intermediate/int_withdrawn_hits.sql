{{ config(materialized='ephemeral') }}

-- One row per delivery that counted as a hit once and no longer does.

with

repeated_deliveries as (
    select * from {{ ref('int_repeated_deliveries') }}
),

withdrawn_hits as (
    -- An earlier copy arrived later.
    select
        visitor_id,
        event_at,
        batch_id
    from repeated_deliveries
    where not is_counted and delivered_batch_id < batch_id

    union all

    -- The file that brought it was read again.
    select
        visitor_id,
        event_at,
        replaced_batch_id as batch_id
    from {{ replaced(ref('int_hit_deliveries'), 'int_session_days') }}
    where rejection_reason is null
)

select * from withdrawn_hits
