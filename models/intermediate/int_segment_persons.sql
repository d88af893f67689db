{{ config(materialized='ephemeral') }}

-- One row per person of whom sessions came, changed or went since `int_segment_members`
-- was brought up to date.
-- depends_on: {{ ref('int_segment_hits') }}, {{ ref('int_conversions') }}

with

persons as (
    select person_id from {{ ref('int_sessions') }}
    where batch_id > {{ batch_seen('int_segment_members') }}

    union

    select person_id from {{ replaced(ref('int_sessions'), 'int_segment_members') }}
    where replaced_batch_id > {{ batch_seen('int_segment_members') }}
)

select * from persons
