{{ config(materialized='ephemeral') }}

-- One row per date: its place in the fiscal year, of months of the calendar or of 52 or 53
-- weeks.

with

dates as (
    select
        *,
        {{ days_between('week_start', 'calendar_date') }} as days_since_monday
    from {{ ref('int_calendar_dates') }}
),

-- Of weeks, a year starts on the Monday next to the first of its first month.
first_dates as (
    select
        cast(extract(year from {{ add_days('calendar_date', 364) }}) as integer) as fiscal_year,
        case
            when '{{ fiscal_calendar() }}' = 'months' then calendar_date
            when days_since_monday <= 3 then week_start
            else {{ add_days('week_start', 7) }}
        end as fiscal_year_start
    from dates
    where calendar_date = month_start and month_number = {{ var('fiscal_year_first_month') }}
),

fiscal_years as (
    select
        *,
        lead(fiscal_year_start) over (order by fiscal_year_start) as next_year_start
    from first_dates
),

dates_of_years as (
    select
        dates.*,
        fiscal_years.fiscal_year,
        fiscal_years.fiscal_year_start,
        cast(floor(
            {{ days_between('fiscal_years.fiscal_year_start', 'dates.calendar_date') }} / 7
        ) as integer) as week_index
    from dates
    inner join fiscal_years
        on
            dates.calendar_date >= fiscal_years.fiscal_year_start
            and (
                fiscal_years.next_year_start is null
                or dates.calendar_date < fiscal_years.next_year_start
            )
),

quarters as (
    select
        *,
        least(cast(floor(week_index / 13) as integer), 3) as quarter_index
    from dates_of_years
),

-- A 53rd week is of the last month.
months as (
    select
        *,
        least(cast(floor((week_index - 13 * quarter_index) / 4) as integer), 2)
            as month_of_quarter_index
    from quarters
),

fiscal_dates as (
    select
        calendar_date,
        fiscal_year,
        case
            when '{{ fiscal_calendar() }}' = 'months'
                then (month_number + 12 - {{ var('fiscal_year_first_month') }}) % 12 + 1
            else 3 * quarter_index + month_of_quarter_index + 1
        end as fiscal_month,
        case
            when '{{ fiscal_calendar() }}' = 'months' then month_start
            else {{ add_days(
                'fiscal_year_start', '7 * (13 * quarter_index + 4 * month_of_quarter_index)'
            ) }}
        end as fiscal_month_start
    from months
)

select * from fiscal_dates
