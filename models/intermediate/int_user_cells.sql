{{ config(materialized='ephemeral') }}

-- One row per site, channel, country and device of the persons that a run touches, and
-- cell that they count in: the site or all sites, with a dimension's value.

with

attributes as (
    select distinct
        attributes_key,
        site_id,
        channel,
        country_code,
        device_type
    from {{ ref('int_user_day_groups') }}
),

attributes_by_dimension as (
    select
        attributes_key,
        site_id,
        'all' as dimension,
        'all' as dimension_value
    from attributes

    union all

    select
        attributes_key,
        site_id,
        'channel' as dimension,
        channel as dimension_value
    from attributes

    union all

    select
        attributes_key,
        site_id,
        'country' as dimension,
        coalesce(country_code, '(not set)') as dimension_value
    from attributes

    union all

    select
        attributes_key,
        site_id,
        'device' as dimension,
        coalesce(device_type, '(not set)') as dimension_value
    from attributes
),

attributes_by_site as (
    select
        attributes_key,
        site_id,
        dimension,
        dimension_value
    from attributes_by_dimension

    union all

    select
        attributes_key,
        '(all)' as site_id,
        dimension,
        dimension_value
    from attributes_by_dimension
),

user_cells as (
    select
        *,
        {{ hash_key('site_id, dimension, dimension_value') }} as cell_key
    from attributes_by_site
)

select * from user_cells
