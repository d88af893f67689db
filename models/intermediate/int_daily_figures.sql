-- One row per date that alerts look at or take for usual, site (and all sites), dimension, value
-- and metric that a rule names.

with

metrics as (
    select metric from {{ ref('alert_rules') }}
    where is_active
    union
    select share_of as metric from {{ ref('alert_rules') }}
    where is_active and share_of is not null
),

watched_dates as (
    select
        min(watched_date) as first_date,
        max(watched_date) as last_date
    from {{ ref('int_watched_dates') }}
),

session_amounts as (
    select
        session_figures.figure_date,
        session_figures.site_id,
        session_figures.dimension,
        session_figures.dimension_value,
        metrics.metric,
        case metrics.metric
            when 'sessions' then session_figures.sessions
            when 'engaged_sessions' then session_figures.engaged_sessions
            when 'bounces' then session_figures.bounces
            when 'page_views' then session_figures.page_views
            when 'conversions' then session_figures.conversions
            when 'revenue' then session_figures.revenue
        end as amount
    from {{ ref('int_session_figures') }} as session_figures
    cross join metrics
),

hit_amounts as (
    select
        hit_figures.figure_date,
        hit_figures.site_id,
        hit_figures.dimension,
        hit_figures.dimension_value,
        metrics.metric,
        case metrics.metric
            when 'hits' then hit_figures.hits
            when 'hits_with_user' then hit_figures.hits_with_user
            when 'hits_with_source_session' then hit_figures.hits_with_source_session
            when 'hits_with_country' then hit_figures.hits_with_country
            when 'hits_with_device' then hit_figures.hits_with_device
            when 'hits_with_page' then hit_figures.hits_with_page
        end as amount
    from {{ ref('int_hit_figures') }} as hit_figures
    cross join metrics
),

user_amounts as (
    select
        daily_users.period_start as figure_date,
        daily_users.site_id,
        daily_users.dimension,
        daily_users.dimension_value,
        metrics.metric,
        case metrics.metric
            when 'users' then daily_users.users
            when 'new_users' then daily_users.new_users
        end as amount
    from {{ ref('daily_users') }} as daily_users
    inner join watched_dates
        on
            daily_users.period_start >= watched_dates.first_date
            and daily_users.period_start <= watched_dates.last_date
    cross join metrics
),

page_amounts as (
    select
        daily_pages.view_date as figure_date,
        daily_pages.site_id,
        'content_group' as dimension,
        daily_pages.content_group as dimension_value,
        metrics.metric,
        sum(daily_pages.page_views) as amount
    from {{ ref('daily_pages') }} as daily_pages
    inner join metrics
        on metrics.metric = 'page_views'
    inner join watched_dates
        on
            daily_pages.view_date >= watched_dates.first_date
            and daily_pages.view_date <= watched_dates.last_date
    group by 1, 2, 3, 4, 5
),

amounts as (
    select * from session_amounts
    union all
    select * from hit_amounts
    union all
    select * from user_amounts
    union all
    select * from page_amounts
),

daily_figures as (
    select
        figure_date,
        site_id,
        dimension,
        dimension_value,
        metric,
        cast(amount as decimal(18, 4)) as amount
    from amounts
    where amount <> 0
)

select * from daily_figures
