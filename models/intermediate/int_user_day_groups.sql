{{ config(materialized='ephemeral') }}

-- One row per person or group of persons, site, active date, channel, country and
-- device of the persons that a run touches, as it is now (change 1) and as it was
-- (change -1).

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
    from {{ replaced(ref('int_user_days'), 'int_user_periods') }}
    where
        batch_id <= {{ batch_seen('int_user_periods') }}
        and replaced_batch_id > {{ batch_seen('int_user_periods') }}
),

-- Most persons have a single row. Those whose row is the same are counted as one
-- group before rows are multiplied by dimensions and sites.
user_day_groups as (
    select
        change,
        person_id,
        1 as persons,
        site_id,
        active_date,
        channel,
        country_code,
        device_type,
        sessions,
        is_new
    from changed_days
    where not is_only_row

    union all

    select
        change,
        {{ row_text([
            'site_id', 'active_date', 'channel', 'country_code', 'device_type', 'is_new'
        ]) }} as person_id,
        count(*) as persons,
        site_id,
        active_date,
        channel,
        country_code,
        device_type,
        sum(sessions) as sessions,
        is_new
    from changed_days
    where is_only_row
    group by 1, 2, 4, 5, 6, 7, 8, 10
)

select * from user_day_groups
