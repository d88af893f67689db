{{
    config(
        materialized='incremental',
        replace_by=['person_id'],
        keeps_replaced=true,
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

sessions as (
    select
        sessions.*,
        person_ids.person_id is not null as is_merged
    from {{ ref('int_sessions') }} as sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    left join {{ ref('int_person_ids') }} as person_ids
        on
            sessions.visitor_id = person_ids.distinct_id
            and sessions.person_id = person_ids.person_id
    where sessions.is_counted
),

visitor_totals as (
    select
        person_id,
        visitor_id,
        max(case
            when user_id is not null or (person_id != visitor_id and not is_merged) then 1
            else 0
        end) as is_identified,
        max(case when session_number = 1 then channel end) as channel,
        max(case when session_number = 1 then source end) as source,
        max(case when session_number = 1 then medium end) as medium,
        max(case when session_number = 1 then campaign end) as campaign,
        max(case when session_number = 1 then site_id end) as first_site_id,
        min(session_date) as first_date,
        max(last_active_date) as last_date,
        min(case when conversions > 0 then session_date end) as first_conversion_date,
        min(started_at) as first_seen_at,
        max(ended_at) as last_seen_at,
        count(*) as sessions,
        sum(hits) as hits,
        sum(page_views) as page_views,
        sum(conversions) as conversions,
        sum(revenue) as revenue
    from sessions
    group by 1, 2
),

person_totals as (
    select
        person_id,
        max(is_identified) as is_identified,
        max(channel) as channel,
        max(source) as source,
        max(medium) as medium,
        max(campaign) as campaign,
        max(first_site_id) as first_site_id,
        min(first_date) as first_date,
        max(last_date) as last_date,
        min(first_conversion_date) as first_conversion_date,
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

active_days as (
    select
        user_days.person_id,
        count(distinct user_days.active_date) as active_days
    from {{ ref('int_user_days') }} as user_days
    inner join touched_persons
        on user_days.person_id = touched_persons.person_id
    group by 1
),

users as (
    select
        -- ids
        touched_persons.person_id,

        -- first touch
        person_totals.channel,
        person_totals.source,
        person_totals.medium,
        person_totals.campaign,
        person_totals.first_site_id,

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

        -- dates in the sites' time zones, and timestamps in UTC
        person_totals.first_date,
        person_totals.last_date,
        person_totals.first_conversion_date,
        person_totals.first_seen_at,
        person_totals.last_seen_at,
        cast({{ this_batch() }} as bigint) as batch_id
    from touched_persons
    left join person_totals
        on touched_persons.person_id = person_totals.person_id
    left join active_days
        on touched_persons.person_id = active_days.person_id
)

select * from users
