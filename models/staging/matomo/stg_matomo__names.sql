{{ config(materialized='ephemeral') }}

-- One row per export and row of Matomo's table log_action: a URL, a title, a keyword or
-- another name that actions refer to.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('matomo', ['idaction', 'name', 'type', 'url_prefix'], ['log_action']) }}
),

source_codes as (
    select * from {{ ref('source_codes') }}
    where format = 'matomo'
),

numbered as (
    select
        {{ export_of("'matomo'", 'file_path') }} as export,
        {{ matomo_id('idaction') }} as idaction,
        {{ matomo_number('type') }} as type_code,
        {{ matomo_number('url_prefix') }} as prefix_code,
        {{ text_or_null('name') }} as bare_name,
        row_number() over (
            partition by {{ export_of("'matomo'", 'file_path') }}, {{ matomo_id('idaction') }}
            order by file_row desc
        ) as number_from_last
    from source
),

names as (
    select
        numbered.export,
        numbered.idaction,
        coalesce(action_types.value, numbered.type_code) as action_type,
        coalesce(prefixes.value, '') || numbered.bare_name as action_name
    from numbered
    left join source_codes as action_types
        on
            action_types.attribute = 'action_type'
            and numbered.type_code = action_types.code
    left join source_codes as prefixes
        on
            prefixes.attribute = 'url_prefix'
            and numbered.prefix_code = prefixes.code
    where numbered.number_from_last = 1 and numbered.idaction is not null
)

select * from names
