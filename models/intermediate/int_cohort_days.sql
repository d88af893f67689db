{{
    config(
        materialized='incremental',
        replace_by=['cohort_by', 'cohort_date', 'site_id', 'channel', 'period', 'period_number'],
        gone_when='users = 0'
    )
}}

-- One row per kind and date of start, first site, first channel, and stretch of days after
-- the start in which a person who started so was active. A run adds the persons that it
-- touches as they are now and takes them off as they were before.

with

periods as (
    select * from {{ ref('retention_periods') }}
),

day_changes as (
    select
        {{ columns_of('int_user_days') }},
        1 as change
    from {{ ref('int_user_days') }}
    where batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_user_days') }},
        -1 as change
    from {{ replaced(ref('int_user_days')) }}
    where
        batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

person_days as (
    select
        change,
        person_id,
        active_date,
        first_site_id,
        first_channel,
        first_date,
        first_conversion_date,
        sum(revenue) as revenue
    from day_changes
    group by 1, 2, 3, 4, 5, 6, 7
),

days_after_start as (
    select
        change,
        person_id,
        'first visit' as cohort_by,
        first_date as cohort_date,
        first_site_id as site_id,
        first_channel as channel,
        {{ days_between('first_date', 'active_date') }} as day_number,
        revenue
    from person_days

    union all

    select
        change,
        person_id,
        'first conversion' as cohort_by,
        first_conversion_date as cohort_date,
        first_site_id as site_id,
        first_channel as channel,
        {{ days_between('first_conversion_date', 'active_date') }} as day_number,
        revenue
    from person_days
    where first_conversion_date <= active_date
),

-- No stretch is longer than 31 days: of each that a person's change lies in, all of the
-- person's days are here; of others the same ones as they are now and as they were.
person_periods as (
    select
        days_after_start.change,
        days_after_start.person_id,
        days_after_start.cohort_by,
        days_after_start.cohort_date,
        days_after_start.site_id,
        days_after_start.channel,
        periods.period,
        periods.period_number,
        sum(days_after_start.revenue) as revenue
    from days_after_start
    inner join periods
        on
            days_after_start.day_number >= periods.first_day
            and days_after_start.day_number <= periods.last_day
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

changed_counts as (
    select
        cohort_by,
        cohort_date,
        site_id,
        channel,
        period,
        period_number,
        sum(change) as users,
        sum(change * revenue) as revenue
    from person_periods
    group by 1, 2, 3, 4, 5, 6
),

counts as (
    select * from changed_counts

    union all

    select stored.*
    from {{ stored() }} as stored
    inner join changed_counts
        on
            stored.cohort_by = changed_counts.cohort_by
            and stored.cohort_date = changed_counts.cohort_date
            and stored.site_id = changed_counts.site_id
            and stored.channel = changed_counts.channel
            and stored.period = changed_counts.period
            and stored.period_number = changed_counts.period_number
),

cohort_days as (
    select
        cohort_by,
        cohort_date,
        site_id,
        channel,
        period,
        period_number,
        cast(sum(users) as bigint) as users,
        cast(sum(revenue) as decimal(18, 4)) as revenue
    from counts
    group by 1, 2, 3, 4, 5, 6
)

select * from cohort_days
