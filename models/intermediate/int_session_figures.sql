{{ config(materialized='ephemeral') }}

-- One row per date that alerts look at or take for usual, site (and all sites), dimension and
-- value that had a session.

with

watched_dates as (
    select
        min(watched_date) as first_date,
        max(watched_date) as last_date
    from {{ ref('int_watched_dates') }}
),

site_counts as (
    select
        daily_sessions.session_date as figure_date,
        daily_sessions.site_id,
        daily_sessions.channel,
        coalesce(daily_sessions.country_code, '(not set)') as country,
        coalesce(daily_sessions.device_type, '(not set)') as device,
        sum(daily_sessions.sessions) as sessions,
        sum(daily_sessions.engaged_sessions) as engaged_sessions,
        sum(daily_sessions.bounces) as bounces,
        sum(daily_sessions.page_views) as page_views,
        sum(daily_sessions.conversions) as conversions,
        sum(daily_sessions.revenue) as revenue
    from {{ ref('daily_sessions') }} as daily_sessions
    inner join watched_dates
        on
            daily_sessions.session_date >= watched_dates.first_date
            and daily_sessions.session_date <= watched_dates.last_date
    group by 1, 2, 3, 4, 5
),

dimensions as (
    select 'all' as dimension
    union all
    select 'channel' as dimension
    union all
    select 'country' as dimension
    union all
    select 'device' as dimension
),

sites as (
    select distinct
        site_id,
        site_id as counted_site_id
    from site_counts

    union all

    select distinct
        '(all)' as site_id,
        site_id as counted_site_id
    from site_counts
),

session_figures as (
    select
        site_counts.figure_date,
        sites.site_id,
        dimensions.dimension,
        case dimensions.dimension
            when 'all' then 'all'
            when 'channel' then site_counts.channel
            when 'country' then site_counts.country
            when 'device' then site_counts.device
        end as dimension_value,
        sum(site_counts.sessions) as sessions,
        sum(site_counts.engaged_sessions) as engaged_sessions,
        sum(site_counts.bounces) as bounces,
        sum(site_counts.page_views) as page_views,
        sum(site_counts.conversions) as conversions,
        sum(site_counts.revenue) as revenue
    from site_counts
    inner join sites
        on site_counts.site_id = sites.counted_site_id
    cross join dimensions
    group by 1, 2, 3, 4
)

select * from session_figures
