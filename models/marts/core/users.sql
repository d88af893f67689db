{{
    config(
        materialized='incremental',
        replace_by=['person_id'],
        gone_when='first_seen_at is null'
    )
}}

-- One row per person.

with

touched_persons as (
    select person_id from {{ ref('int_user_days') }}
    where batch_id > {{ batch_seen() }}
    union
    select person_id from {{ replaced(ref('int_user_days')) }}
    where replaced_batch_id > {{ batch_seen() }}
),

active_dates as (
    select distinct
        person_id,
        active_date
    from {{ ref('int_user_days') }}
    where batch_id > {{ batch_seen() }}
),

active_days as (
    select
        person_id,
        count(*) as active_days
    from active_dates
    group by 1
),

sessions_of_touched_persons as (
    select sessions.*
    from {{ ref('int_sessions') }} as sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    where sessions.is_counted
),

first_sessions as (
    select * from sessions_of_touched_persons
    where session_number = 1
),

visitor_totals as (
    select
        person_id,
        visitor_id,
        max(case when person_id != visitor_id or user_id is not null then 1 else 0 end)
            as is_identified,
        min(started_at) as first_seen_at,
        max(ended_at) as last_seen_at,
        count(*) as sessions,
        sum(hits) as hits,
        sum(page_views) as page_views,
        sum(conversions) as conversions,
        sum(revenue) as revenue
    from sessions_of_touched_persons
    group by 1, 2
),

person_totals as (
    select
        person_id,
        max(is_identified) as is_identified,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        sum(sessions) as sessions,
        sum(hits) as hits,
        sum(page_views) as page_views,
        sum(conversions) as conversions,
        sum(revenue) as revenue,
        count(*) as visitors
    from visitor_totals
    group by 1
),

users as (
    select
        -- ids
        touched_persons.person_id,

        -- first touch
        first_sessions.channel,
        first_sessions.source,
        first_sessions.medium,
        first_sessions.campaign,

        -- numbers
        cast(person_totals.sessions as bigint) as sessions,
        cast(person_totals.hits as bigint) as hits,
        cast(person_totals.page_views as bigint) as page_views,
        cast(person_totals.conversions as bigint) as conversions,
        cast(person_totals.revenue as decimal(18, 4)) as revenue,
        active_days.active_days,
        person_totals.visitors,

        -- flags
        coalesce(person_totals.is_identified, 0) = 1 as is_identified,

        -- timestamps, UTC
        person_totals.first_seen_at,
        person_totals.last_seen_at
    from touched_persons
    left join person_totals
        on touched_persons.person_id = person_totals.person_id
    left join first_sessions
        on touched_persons.person_id = first_sessions.person_id
    left join active_days
        on touched_persons.person_id = active_days.person_id
)

select * from users
