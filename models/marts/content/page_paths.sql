{{
    config(
        materialized='incremental',
        replace_by=[
            'view_date', 'site_id', 'first_page_url', 'second_page_url', 'third_page_url',
            'fourth_page_url', 'fifth_page_url'
        ],
        gone_when='sessions = 0',
        bounded_by='view_date'
    )
}}

-- One row per date, site and first five pages of a session, on the date of the first. A
-- run adds the entrances of the session days that it renewed and takes off what they were.

with

pages as (
    select * from {{ ref('int_grouped_pages') }}
),

entrance_changes as (
    select
        {{ columns_of('int_session_hits') }},
        1 as change
    from {{ ref('int_session_hits') }}
    where is_entrance and batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_session_hits') }},
        -1 as change
    from {{ replaced(ref('int_session_hits')) }}
    where
        is_entrance
        and batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

key_changes as (
    select
        active_date,
        site_id,
        page_key,
        next_page_key,
        third_page_key,
        fourth_page_key,
        fifth_page_key,
        sum(change) as sessions,
        sum(case when is_bounce then change else 0 end) as bounces
    from entrance_changes
    group by 1, 2, 3, 4, 5, 6, 7
),

changed_counts as (
    select
        key_changes.active_date as view_date,
        key_changes.site_id,
        first_pages.page_url as first_page_url,
        second_pages.page_url as second_page_url,
        third_pages.page_url as third_page_url,
        fourth_pages.page_url as fourth_page_url,
        fifth_pages.page_url as fifth_page_url,
        sum(key_changes.sessions) as sessions,
        sum(key_changes.bounces) as bounces
    from key_changes
    left join pages as first_pages
        on key_changes.page_key = first_pages.page_key
    left join pages as second_pages
        on key_changes.next_page_key = second_pages.page_key
    left join pages as third_pages
        on key_changes.third_page_key = third_pages.page_key
    left join pages as fourth_pages
        on key_changes.fourth_page_key = fourth_pages.page_key
    left join pages as fifth_pages
        on key_changes.fifth_page_key = fifth_pages.page_key
    group by 1, 2, 3, 4, 5, 6, 7
),

counts as (
    select * from changed_counts

    union all

    select stored.*
    from {{ stored() }} as stored
    inner join changed_counts
        on
            stored.view_date = changed_counts.view_date
            and stored.site_id = changed_counts.site_id
            and stored.first_page_url is not distinct from changed_counts.first_page_url
            and stored.second_page_url is not distinct from changed_counts.second_page_url
            and stored.third_page_url is not distinct from changed_counts.third_page_url
            and stored.fourth_page_url is not distinct from changed_counts.fourth_page_url
            and stored.fifth_page_url is not distinct from changed_counts.fifth_page_url
    where {{ renewed_dates('stored.view_date') }}
),

page_paths as (
    select
        view_date,
        site_id,
        first_page_url,
        second_page_url,
        third_page_url,
        fourth_page_url,
        fifth_page_url,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(bounces) as bigint) as bounces
    from counts
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from page_paths
