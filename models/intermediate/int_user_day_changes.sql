{{ config(materialized='ephemeral') }}

-- One row per person or group of persons, site or all sites, dimension, value and
-- active date of the persons that a run touches, as it is now (change 1) and as it
-- was (change -1).

with

day_groups as (
    select * from {{ ref('int_user_day_groups') }}
),

days_by_dimension as (
    select
        *,
        'all' as dimension,
        'all' as dimension_value
    from day_groups

    union all

    select
        *,
        'channel' as dimension,
        channel as dimension_value
    from day_groups

    union all

    select
        *,
        'country' as dimension,
        coalesce(country_code, '(not set)') as dimension_value
    from day_groups

    union all

    select
        *,
        'device' as dimension,
        coalesce(device_type, '(not set)') as dimension_value
    from day_groups
),

days_by_site as (
    select
        *,
        site_id as counted_site_id
    from days_by_dimension

    union all

    select
        *,
        '(all)' as counted_site_id
    from days_by_dimension
),

user_day_changes as (
    select
        change,
        person_number,
        persons,
        counted_site_id as site_id,
        dimension,
        dimension_value,
        active_date,
        first_date,
        sum(sessions) as sessions
    from days_by_site
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select * from user_day_changes
