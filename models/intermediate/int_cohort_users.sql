{{
    config(
        materialized='incremental',
        replace_by=['cohort_by', 'cohort_date', 'site_id', 'channel', 'last_day'],
        gone_when='users = 0'
    )
}}

-- One row per kind and date of start, first site, first channel and, of the days that
-- retention is counted from, the last one that a person who started so has reached. A run
-- adds the persons that it touches as they are now and takes them off as they were.

with

first_days as (
    select distinct first_day from {{ ref('retention_periods') }}
),

day_ranges as (
    select
        first_day,
        coalesce(lead(first_day) over (order by first_day), 100000000) as next_first_day
    from first_days
),

user_changes as (
    select
        {{ columns_of('int_users') }},
        1 as change
    from {{ ref('int_users') }}
    where batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_users') }},
        -1 as change
    from {{ replaced(ref('int_users')) }}
    where
        batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

starts as (
    select
        change,
        'first visit' as cohort_by,
        first_date as cohort_date,
        first_site_id as site_id,
        channel,
        {{ days_between('first_date', 'last_date') }} as last_day
    from user_changes

    union all

    select
        change,
        'first conversion' as cohort_by,
        first_conversion_date as cohort_date,
        first_site_id as site_id,
        channel,
        {{ days_between('first_conversion_date', 'last_date') }} as last_day
    from user_changes
    where first_conversion_date is not null
),

start_changes as (
    select
        cohort_by,
        cohort_date,
        site_id,
        channel,
        last_day,
        sum(change) as users
    from starts
    group by 1, 2, 3, 4, 5
),

changed_counts as (
    select
        start_changes.cohort_by,
        start_changes.cohort_date,
        start_changes.site_id,
        start_changes.channel,
        cast(day_ranges.first_day as integer) as last_day,
        sum(start_changes.users) as users
    from start_changes
    inner join day_ranges
        on
            start_changes.last_day >= day_ranges.first_day
            and start_changes.last_day < day_ranges.next_first_day
    group by 1, 2, 3, 4, 5
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
            and stored.last_day = changed_counts.last_day
),

cohort_users as (
    select
        cohort_by,
        cohort_date,
        site_id,
        channel,
        last_day,
        cast(sum(users) as bigint) as users
    from counts
    group by 1, 2, 3, 4, 5
)

select * from cohort_users
