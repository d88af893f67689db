{{ config(severity='warn') }}

-- Without the setting `reporting_currency`, values of several currencies would be added
-- up; with it, those of a currency without a rate are left out.

with

sums as (
    select
        currency,
        count(*) as conversions,
        count(case when reporting_value is null then 1 end) as unconverted,
        count(*) over () as currencies
    from {{ ref('int_conversions') }}
    where value is not null and currency is not null
    group by 1
)

select * from sums
where
    unconverted > 0
    or (
        '{{ var("reporting_currency") }}' = ''
        and currencies > 1
    )
