{{ config(materialized='ephemeral') }}

-- One row per row of the PostHog export of persons that the run reads: which person an id
-- belongs to.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows(
        'posthog', ['distinct_id', 'person_id', 'person_distinct_id_version'], ['person'],
        'int_person_ids'
    ) }}
),

persons as (
    select
        {{ text_or_null('distinct_id') }} as distinct_id,
        {{ text_or_null('person_id') }} as person_id,
        coalesce(try_cast(cast(person_distinct_id_version as string) as bigint), 0)
            as person_version
    from source
    where {{ text_or_null('distinct_id') }} is not null
)

select * from persons
