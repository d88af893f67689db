{{
    config(
        materialized='incremental',
        replace_by=['person_id', 'active_date'],
        bounded_by='active_date',
        keeps_replaced=true,
        gone_when='site_id is null'
    )
}}

-- One row per person, site, active date, channel, country and device. A run renews
-- the rows of the persons that it touches for 31 days around what it touches, so that
-- whoever counts persons below sees all that a count can depend on, before and after.

with

touched_person_days as (
    select * from {{ ref('int_touched_person_days') }}
),

-- Where the first date is touched, all dates may turn out new or not; so it is with the
-- date of the first conversion.
days as (
    select
        person_id,
        site_id,
        active_date,
        channel,
        country_code,
        device_type,
        cast(sum(hits) as bigint) as hits,
        cast(sum(page_views) as bigint) as page_views,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(revenue) as decimal(18, 4)) as revenue,
        first_date,
        first_site_id,
        first_channel,
        first_conversion_date
    from touched_person_days
    where
        first_date >= touched_from
        or is_first_conversion_touched
        or active_date between
        {{ add_days('touched_from', -31) }} and {{ add_days('touched_until', 31) }}
    group by 1, 2, 3, 4, 5, 6, 11, 12, 13, 14
),

-- A date without a session any more has a row that says no more than that.
replaced_dates as (
    select distinct
        person_id,
        {{ each_date('session_date', 'last_active_date') }} as active_date
    from {{ replaced(ref('int_sessions')) }}
    where is_counted and replaced_batch_id > {{ batch_seen() }}
),

gone_dates as (
    select replaced_dates.*
    from replaced_dates
    left join days
        on
            replaced_dates.person_id = days.person_id
            and replaced_dates.active_date = days.active_date
    where days.person_id is null
),

user_days as (
    select
        coalesce(days.person_id, gone_dates.person_id) as person_id,
        days.site_id,
        coalesce(days.active_date, gone_dates.active_date) as active_date,
        days.channel,
        days.country_code,
        days.device_type,
        days.hits,
        days.page_views,
        days.sessions,
        days.revenue,
        days.first_date,
        days.first_site_id,
        days.first_channel,
        days.first_conversion_date,
        cast({{ this_batch() }} as bigint) as batch_id
    from days
    full outer join gone_dates
        on
            days.person_id = gone_dates.person_id
            and days.active_date = gone_dates.active_date
)

-- In the order of dates, so that later runs pass over what lies outside of theirs.
select * from user_days
order by active_date -- noqa: AM06
