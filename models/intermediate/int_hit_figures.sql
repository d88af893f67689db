{{ config(materialized='ephemeral') }}

-- One row per date that alerts look at or take for usual, site (and all sites), raw format (and
-- all formats) that had a hit, those of bots among them.

with

watched_dates as (
    select
        min(watched_date) as first_date,
        max(watched_date) as last_date
    from {{ ref('int_watched_dates') }}
),

source_days as (
    select source_days.*
    from {{ ref('source_days') }} as source_days
    inner join watched_dates
        on
            source_days.hit_date >= watched_dates.first_date
            and source_days.hit_date <= watched_dates.last_date
),

cells as (
    select distinct
        site_id as counted_site_id,
        format as counted_format,
        site_id,
        'format' as dimension,
        format as dimension_value
    from source_days

    union all

    select distinct
        site_id as counted_site_id,
        format as counted_format,
        '(all)' as site_id,
        'format' as dimension,
        format as dimension_value
    from source_days

    union all

    select distinct
        site_id as counted_site_id,
        format as counted_format,
        site_id,
        'all' as dimension,
        'all' as dimension_value
    from source_days

    union all

    select distinct
        site_id as counted_site_id,
        format as counted_format,
        '(all)' as site_id,
        'all' as dimension,
        'all' as dimension_value
    from source_days
),

hit_figures as (
    select
        source_days.hit_date as figure_date,
        cells.site_id,
        cells.dimension,
        cells.dimension_value,
        sum(source_days.hits) as hits,
        sum(source_days.hits_with_user) as hits_with_user,
        sum(source_days.hits_with_source_session) as hits_with_source_session,
        sum(source_days.hits_with_country) as hits_with_country,
        sum(source_days.hits_with_device) as hits_with_device,
        sum(source_days.hits_with_page) as hits_with_page
    from source_days
    inner join cells
        on
            source_days.site_id = cells.counted_site_id
            and source_days.format = cells.counted_format
    group by 1, 2, 3, 4
)

select * from hit_figures
