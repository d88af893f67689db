{{
    config(
        materialized='incremental',
        replace_by=['view_date', 'site_id', 'page_url', 'next_page_url'],
        gone_when='transitions = 0',
        bounded_by='view_date'
    )
}}

-- One row per date, site, page that was viewed and page that was viewed next. A run adds
-- the page views of the session days that it renewed and takes off what they were.

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

-- Where no page is next, the session ends; before its first one, it begins.
steps as (
    select
        change,
        active_date,
        site_id,
        page_key,
        next_page_key,
        '(not set)' as page_without_url,
        case when is_exit then '(exit)' else '(not set)' end as next_page_without_url
    from page_view_changes

    union all

    select
        change,
        active_date,
        site_id,
        null as page_key,
        page_key as next_page_key,
        '(entrance)' as page_without_url,
        '(not set)' as next_page_without_url
    from page_view_changes
    where is_entrance
),

key_changes as (
    select
        active_date,
        site_id,
        page_key,
        next_page_key,
        page_without_url,
        next_page_without_url,
        sum(change) as transitions
    from steps
    group by 1, 2, 3, 4, 5, 6
),

changed_counts as (
    select
        key_changes.active_date as view_date,
        key_changes.site_id,
        coalesce(pages.page_url, key_changes.page_without_url) as page_url,
        coalesce(next_pages.page_url, key_changes.next_page_without_url) as next_page_url,
        sum(key_changes.transitions) as transitions
    from key_changes
    left join pages
        on key_changes.page_key = pages.page_key
    left join pages as next_pages
        on key_changes.next_page_key = next_pages.page_key
    group by 1, 2, 3, 4
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
            and stored.page_url = changed_counts.page_url
            and stored.next_page_url = changed_counts.next_page_url
    where {{ renewed_dates('stored.view_date') }}
),

page_transitions as (
    select
        view_date,
        site_id,
        page_url,
        next_page_url,
        cast(sum(transitions) as bigint) as transitions
    from counts
    group by 1, 2, 3, 4
)

select * from page_transitions
