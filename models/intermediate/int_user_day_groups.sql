{{ config(materialized='ephemeral') }}

-- One row per person or group of persons, site, active date, channel, country and
-- device of the persons that a run touches, as it is now (change 1) and as it was
-- (change -1).

with

changed_days as (
    select
        {{ columns_of('int_user_days') }},
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

-- Most persons have a single row: those with the same are counted as one group,
-- before rows are multiplied by dimensions and sites. A number stands for a person
-- or, below zero, for a group.
numbered_persons as (
    select
        person_id,
        row_number() over (order by person_id) as person_number
    from changed_days
    group by 1
    having count(*) > 1
),

days_of_persons as (
    select
        changed_days.*,
        numbered_persons.person_number
    from changed_days
    left join numbered_persons
        on changed_days.person_id = numbered_persons.person_id
),

grouped_days as (
    select
        change,
        site_id,
        active_date,
        first_date,
        channel,
        country_code,
        device_type,
        count(*) as persons,
        sum(sessions) as sessions
    from days_of_persons
    where person_number is null
    group by 1, 2, 3, 4, 5, 6, 7
),

day_groups as (
    select
        change,
        person_number,
        1 as persons,
        site_id,
        active_date,
        first_date,
        channel,
        country_code,
        device_type,
        sessions
    from days_of_persons
    where person_number is not null

    union all

    select
        change,
        -row_number() over (
            order by
                change, site_id, active_date, first_date, channel, country_code,
                device_type
        ) as person_number,
        persons,
        site_id,
        active_date,
        first_date,
        channel,
        country_code,
        device_type,
        sessions
    from grouped_days
),

user_day_groups as (
    select
        *,
        {{ hash_key('site_id, channel, country_code, device_type') }} as attributes_key
    from day_groups
)

select * from user_day_groups
