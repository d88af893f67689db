{{ config(materialized='ephemeral') }}

-- One row per site (and all sites) and date that alerts look at, or take for usual.

with

as_of as (
    select * from {{ ref('int_as_of') }}
),

first_dates as (
    select
        site_id,
        min(period_start) as first_date
    from {{ ref('daily_users') }}
    where dimension = 'all' and users > 0
    group by 1
),

bounds as (
    select
        first_dates.site_id,
        as_of.complete_date,
        {{ add_days('as_of.complete_date', 1 - var('alert_days')) }} as first_alert_date,
        greatest(
            first_dates.first_date,
            {{ add_days(
                'as_of.complete_date', 1 - var('alert_days') - 7 * var('alert_weeks')
            ) }}
        ) as first_date
    from first_dates
    cross join as_of
),

dates as (
    select
        site_id,
        complete_date,
        first_alert_date,
        {{ each_date('first_date', 'complete_date') }} as watched_date
    from bounds
    where first_date <= complete_date
),

unusual_dates as (
    select distinct
        dates.site_id,
        dates.watched_date
    from dates
    inner join {{ ref('annotations') }} as annotations
        on
            dates.watched_date >= annotations.first_date
            and dates.watched_date <= coalesce(annotations.last_date, annotations.first_date)
            and (annotations.site_id is null or dates.site_id in (annotations.site_id, '(all)'))
    where annotations.is_unusual
),

watched_dates as (
    select
        dates.site_id,
        dates.watched_date,
        dates.watched_date >= dates.first_alert_date as is_alert_date,
        dates.watched_date = dates.complete_date as is_latest,
        unusual_dates.watched_date is null as is_usual
    from dates
    left join unusual_dates
        on
            dates.site_id = unusual_dates.site_id
            and dates.watched_date = unusual_dates.watched_date
)

select * from watched_dates
