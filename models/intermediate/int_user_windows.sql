{{ config(materialized='ephemeral') }}

-- One row per date, site (and all sites), dimension, value and window of 7 or 28
-- days that opens or closes on it for a person that a run touches.

with

day_changes as (
    select * from {{ ref('int_user_day_changes') }}
),

-- Each active day counts for 7 (28) days, or until the person's next active day: on
-- every date, the running sum of what opens and closes is the users of that window.
days_with_next as (
    select
        *,
        lead(active_date) over (
            partition by change, person_number, site_id, dimension, dimension_value
            order by active_date
        ) as next_active_date
    from day_changes
),

windows as (
    select
        active_date as period_start,
        site_id,
        dimension,
        dimension_value,
        change * persons as users_7_days_change,
        change * persons as users_28_days_change
    from days_with_next

    union all

    select
        least(
            coalesce(next_active_date, {{ add_days('active_date', 7) }}),
            {{ add_days('active_date', 7) }}
        ) as period_start,
        site_id,
        dimension,
        dimension_value,
        -change * persons as users_7_days_change,
        0 as users_28_days_change
    from days_with_next

    union all

    select
        least(
            coalesce(next_active_date, {{ add_days('active_date', 28) }}),
            {{ add_days('active_date', 28) }}
        ) as period_start,
        site_id,
        dimension,
        dimension_value,
        0 as users_7_days_change,
        -change * persons as users_28_days_change
    from days_with_next
)

select * from windows
