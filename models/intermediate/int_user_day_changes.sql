{{ config(materialized='ephemeral') }}

-- One row per person or group of persons, cell and active date of the persons that a
-- run touches, as it is now (change 1) and as it was (change -1).

with

day_groups as (
    select * from {{ ref('int_user_day_groups') }}
),

cells as (
    select * from {{ ref('int_user_cells') }}
),

days as (
    select
        day_groups.change,
        day_groups.person_number,
        day_groups.persons,
        cells.cell_key,
        day_groups.active_date,
        day_groups.first_date,
        sum(day_groups.sessions) as sessions
    from day_groups
    inner join cells
        on day_groups.attributes_key = cells.attributes_key
    group by 1, 2, 3, 4, 5, 6
),

user_day_changes as (
    select
        *,
        lag(active_date) over (
            partition by change, person_number, cell_key order by active_date
        ) as previous_active_date,
        lead(active_date) over (
            partition by change, person_number, cell_key order by active_date
        ) as next_active_date
    from days
)

select * from user_day_changes
