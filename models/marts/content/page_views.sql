-- One row per page view of a session that counts.

with

pages as (
    select * from {{ ref('int_grouped_pages') }}
),

page_views as (
    select
        -- ids
        hits.session_id,
        hits.hit_id,
        hits.site_id,
        hits.person_id,

        -- page
        coalesce(pages.page_url, '(not set)') as page_url,
        pages.page_path,
        hits.page_title,
        coalesce(pages.content_group, '(not set)') as content_group,
        previous_pages.page_url as previous_page_url,
        next_pages.page_url as next_page_url,

        -- numbers
        hits.page_view_number,
        hits.time_on_page_seconds,
        hits.time_on_page_source,
        hits.scroll_percent,

        -- flags
        hits.is_entrance,
        hits.is_exit,
        hits.is_bounce,

        -- dates in the site's time zone, and timestamps in UTC
        hits.active_date as view_date,
        hits.event_at as viewed_at
    from {{ ref('int_session_hits') }} as hits
    left join pages
        on hits.page_key = pages.page_key
    left join pages as previous_pages
        on hits.previous_page_key = previous_pages.page_key
    left join pages as next_pages
        on hits.next_page_key = next_pages.page_key
    where hits.hit_type = 'page_view'
)

select * from page_views
