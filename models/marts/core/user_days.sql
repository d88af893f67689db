{{
    config(
        materialized='incremental',
        replace_by=['person_id', 'active_date'],
        bounded_by='active_date',
        gone_when='site_id is null'
    )
}}

-- One row per person, site and active date.

with

days as (
    select
        person_id,
        site_id,
        active_date,
        cast(sum(hits) as bigint) as hits,
        cast(sum(page_views) as bigint) as page_views,
        cast(sum(sessions) as bigint) as sessions,
        active_date = first_date as is_new
    from {{ ref('int_user_days') }}
    where batch_id > {{ batch_seen() }}
    group by 1, 2, 3, 7
),

-- A date without a row any more has one that says no more than that.
gone_dates as (
    select distinct
        replaced_days.person_id,
        replaced_days.active_date
    from {{ replaced(ref('int_user_days')) }} as replaced_days
    left join days
        on
            replaced_days.person_id = days.person_id
            and replaced_days.active_date = days.active_date
    where
        replaced_days.replaced_batch_id > {{ batch_seen() }}
        and days.person_id is null
),

user_days as (
    select
        coalesce(days.person_id, gone_dates.person_id) as person_id,
        days.site_id,
        coalesce(days.active_date, gone_dates.active_date) as active_date,
        days.hits,
        days.page_views,
        days.sessions,
        coalesce(days.is_new, false) as is_new
    from days
    full outer join gone_dates
        on
            days.person_id = gone_dates.person_id
            and days.active_date = gone_dates.active_date
)

-- In the order of dates, so that later runs pass over what lies outside of theirs.
select * from user_days
order by active_date -- noqa: AM06
