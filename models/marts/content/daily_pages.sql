{{
    config(
        materialized='incremental',
        replace_by=['view_date', 'site_id', 'page_url'],
        gone_when='page_views = 0',
        bounded_by='view_date'
    )
}}

-- One row per date, site and page that was viewed. A run adds the page views of the
-- session days that it renewed and takes off what they were before.

with

pages as (
    select * from {{ ref('int_grouped_pages') }}
),

page_view_changes as (
    select
        {{ columns_of('int_session_hits') }},
        1 as change
    from {{ ref('int_session_hits') }}
    where hit_type = 'page_view' and batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_session_hits') }},
        -1 as change
    from {{ replaced(ref('int_session_hits')) }}
    where
        hit_type = 'page_view'
        and batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

-- A session that views a page again on the date counts once there. All of its page
-- views on a date are changed, or none is.
session_pages as (
    select
        page_view_changes.change,
        page_view_changes.session_id,
        page_view_changes.active_date,
        page_view_changes.site_id,
        coalesce(pages.page_url, '(not set)') as page_url,
        coalesce(pages.content_group, '(not set)') as content_group,
        count(*) as page_views,
        count(case when page_view_changes.is_entrance then 1 end) as entrances,
        count(case when page_view_changes.is_exit then 1 end) as exits,
        count(case when page_view_changes.is_entrance and page_view_changes.is_bounce then 1 end)
            as bounces,
        count(page_view_changes.time_on_page_seconds) as timed_page_views,
        sum(page_view_changes.time_on_page_seconds) as time_on_page_seconds,
        count(page_view_changes.scroll_percent) as scroll_measured_page_views,
        count(case when page_view_changes.scroll_percent >= 90 then 1 end) as scrolled_page_views
    from page_view_changes
    left join pages
        on page_view_changes.page_key = pages.page_key
    group by 1, 2, 3, 4, 5, 6
),

changed_counts as (
    select
        active_date as view_date,
        site_id,
        page_url,
        content_group,
        sum(change * page_views) as page_views,
        sum(change) as sessions,
        sum(change * entrances) as entrances,
        sum(change * exits) as exits,
        sum(change * bounces) as bounces,
        sum(change * timed_page_views) as timed_page_views,
        sum(change * coalesce(time_on_page_seconds, 0)) as time_on_page_seconds,
        sum(change * scroll_measured_page_views) as scroll_measured_page_views,
        sum(change * scrolled_page_views) as scrolled_page_views
    from session_pages
    group by 1, 2, 3, 4
),

stored_counts as (
    select stored.*
    from {{ stored() }} as stored
    inner join changed_counts
        on
            stored.view_date = changed_counts.view_date
            and stored.site_id = changed_counts.site_id
            and stored.page_url = changed_counts.page_url
    where {{ renewed_dates('stored.view_date') }}
),

counts as (
    select * from changed_counts
    union all
    select * from stored_counts
),

daily_pages as (
    select
        view_date,
        site_id,
        page_url,
        content_group,
        cast(sum(page_views) as bigint) as page_views,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(entrances) as bigint) as entrances,
        cast(sum(exits) as bigint) as exits,
        cast(sum(bounces) as bigint) as bounces,
        cast(sum(timed_page_views) as bigint) as timed_page_views,
        cast(sum(time_on_page_seconds) as decimal(18, 6)) as time_on_page_seconds,
        cast(sum(scroll_measured_page_views) as bigint) as scroll_measured_page_views,
        cast(sum(scrolled_page_views) as bigint) as scrolled_page_views
    from counts
    group by 1, 2, 3, 4
)

select * from daily_pages
