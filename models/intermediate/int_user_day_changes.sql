{{ config(materialized='ephemeral') }}

-- One row per person, site or all sites, dimension, value and active date of the
-- persons that a run touches, as it is now (change 1) and as it was (change -1).

with

changed_days as (
    select
        *,
        1 as change
    from {{ ref('int_user_days') }}
    where batch_id > {{ batch_seen('int_user_periods') }}

    union all

    select
        {{ columns_of('int_user_days') }},
        -1 as change
    from {{ replaced(ref('int_user_days')) }}
    where
        batch_id <= {{ batch_seen('int_user_periods') }}
        and replaced_batch_id > {{ batch_seen('int_user_periods') }}
),

days_by_dimension as (
    select
        *,
        'all' as dimension,
        'all' as dimension_value
    from changed_days

    union all

    select
        *,
        'channel' as dimension,
        channel as dimension_value
    from changed_days

    union all

    select
        *,
        'country' as dimension,
        coalesce(country_code, '(not set)') as dimension_value
    from changed_days

    union all

    select
        *,
        'device' as dimension,
        coalesce(device_type, '(not set)') as dimension_value
    from changed_days
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
        person_id,
        counted_site_id as site_id,
        dimension,
        dimension_value,
        active_date,
        sum(sessions) as sessions,
        max(case when is_new then 1 else 0 end) as new_users
    from days_by_site
    group by 1, 2, 3, 4, 5, 6
)

select * from user_day_changes
