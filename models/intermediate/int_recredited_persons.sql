{{ config(materialized='ephemeral') }}

-- One row per person whose conversions a run credits anew, with the instant from which it
-- does: a session changes the credits of no conversion that came before it.
-- depends_on: {{ ref('conversions') }}, {{ ref('touchpoints') }}

with

changed_sessions as (
    select
        person_id,
        started_at
    from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen('attributed_conversions') }}

    union all

    select
        person_id,
        started_at
    from {{ replaced(ref('int_sessions'), 'attributed_conversions') }}
    where is_counted and replaced_batch_id > {{ batch_seen('attributed_conversions') }}
),

recredited_persons as (
    select
        person_id,
        min(started_at) as changed_from
    from changed_sessions
    group by 1
)

select * from recredited_persons
