-- Three marts count page views, by date and site: each from the same hits, in its own way.

with

sums as (
    select
        active_date,
        site_id,
        sum(page_views) as page_views,
        0 as views_of_pages,
        0 as views_of_hours
    from {{ ref('user_days') }}
    group by 1, 2

    union all

    select
        view_date as active_date,
        site_id,
        0 as page_views,
        sum(page_views) as views_of_pages,
        0 as views_of_hours
    from {{ ref('daily_pages') }}
    group by 1, 2

    union all

    select
        active_date,
        site_id,
        0 as page_views,
        0 as views_of_pages,
        sum(page_views) as views_of_hours
    from {{ ref('hourly_activity') }}
    group by 1, 2
)

select
    active_date,
    site_id,
    sum(page_views) as page_views,
    sum(views_of_pages) as views_of_pages,
    sum(views_of_hours) as views_of_hours
from sums
group by 1, 2
having
    sum(page_views) != sum(views_of_pages)
    or sum(page_views) != sum(views_of_hours)
