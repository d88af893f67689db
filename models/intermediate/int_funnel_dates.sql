{{ config(materialized='ephemeral') }}

-- One row per person and date on which hits came, changed or went since
-- `int_funnel_entries` was brought up to date.
-- depends_on: {{ ref('int_pages') }}

with

dates as (
    select
        person_id,
        active_date
    from {{ ref('int_session_hits') }}
    where batch_id > {{ batch_seen('int_funnel_entries') }}

    union

    select
        person_id,
        active_date
    from {{ replaced(ref('int_session_hits'), 'int_funnel_entries') }}
    where
        batch_id <= {{ batch_seen('int_funnel_entries') }}
        and replaced_batch_id > {{ batch_seen('int_funnel_entries') }}
)

select * from dates
