{{
    config(
        materialized='incremental',
        full_refresh=false,
        replace_by=['distinct_id'],
        skip_unchanged=true
    )
}}

-- One row per id of a visitor or user that a source says belongs to a person.

with

known_ids as (
    select
        distinct_id,
        person_id,
        person_version
    from {{ ref('stg_posthog__persons') }}
    where person_id is not null

    union all

    select
        distinct_id,
        person_id,
        person_version
    from {{ stored() }}
),

-- The latest version counts, whenever it comes.
ranked_ids as (
    select
        *,
        row_number() over (
            partition by distinct_id order by person_version desc, person_id asc
        ) as number_from_last
    from known_ids
),

person_ids as (
    select
        distinct_id,
        person_id,
        person_version,
        cast({{ this_batch() }} as bigint) as batch_id
    from ranked_ids
    where number_from_last = 1
)

select * from person_ids
