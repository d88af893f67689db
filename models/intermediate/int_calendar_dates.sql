{{ config(materialized='ephemeral') }}

-- One row per date from two years before the year of the first date with users, 30 years ago
-- at the earliest, to a week after the end of next year.

with

as_of as (
    select * from {{ ref('int_as_of') }}
),

first_dates as (
    select min(period_start) as first_date from {{ ref('daily_users') }}
    where users > 0
),

-- One hit from long ago, or from the future, must not bring thousands of years.
bounds as (
    select
        cast({{ dbt.date_trunc('year', "greatest(first_dates.first_date, "
            ~ add_days('as_of.as_of_date', -10957) ~ ")") }} as date) as first_date,
        cast({{ dbt.dateadd('year', 2, dbt.date_trunc('year', 'as_of.as_of_date')) }} as date)
            as end_date
    from as_of
    cross join first_dates
),

spine as (
    select
        {{ each_date(add_days('first_date', -731), add_days('end_date', 7)) }} as calendar_date,
        first_date,
        end_date
    from bounds
    where first_date < end_date
),

calendar_dates as (
    select
        calendar_date,
        cast({{ dbt.date_trunc('week', 'calendar_date') }} as date) as week_start,
        cast({{ dbt.date_trunc('month', 'calendar_date') }} as date) as month_start,
        cast({{ dbt.date_trunc('quarter', 'calendar_date') }} as date) as quarter_start,
        cast(extract(month from calendar_date) as integer) as month_number,
        calendar_date >= first_date and calendar_date < end_date as is_shown
    from spine
)

select * from calendar_dates
