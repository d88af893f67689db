-- One row per date from the year of the first date with users, 30 years ago at the earliest,
-- to the end of next year.

with

dates as (
    select * from {{ ref('int_calendar_dates') }}
    where is_shown
),

fiscal_dates as (
    select * from {{ ref('int_fiscal_dates') }}
),

weekdays as (
    select * from {{ ref('weekdays') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

calendar as (
    select
        dates.calendar_date,
        weekdays.weekday_number,
        weekdays.weekday_name,
        weekdays.is_weekend,
        dates.week_start,
        cast(extract(year from {{ add_days('dates.week_start', 3) }}) as integer) as iso_year,
        cast(extract(week from dates.calendar_date) as integer) as iso_week,
        {{ add_days('dates.calendar_date', '- weekdays.weekday_number % 7') }}
            as sunday_week_start,
        dates.month_start,
        dates.quarter_start,
        fiscal_dates.fiscal_month_start,
        fiscal_dates.fiscal_year,
        cast(floor((fiscal_dates.fiscal_month + 2) / 3) as integer) as fiscal_quarter,
        cast(fiscal_dates.fiscal_month as integer) as fiscal_month,
        {{ add_days('dates.calendar_date', -7) }} as week_before_date,
        cast({{ dbt.dateadd('year', -1, 'dates.calendar_date') }} as date) as year_before_date,
        {{ add_days('dates.calendar_date', -364) }} as year_before_weekday_date,
        dates.calendar_date <= as_of.complete_date as is_complete
    from dates
    inner join fiscal_dates
        on dates.calendar_date = fiscal_dates.calendar_date
    inner join weekdays
        on
            {{ days_between('dates.week_start', 'dates.calendar_date') }} + 1
            = weekdays.weekday_number
    cross join as_of
)

select * from calendar
