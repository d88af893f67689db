{{
    config(
        materialized='incremental',
        replace_by=['page_key']
    )
}}

-- One row per site and page URL as it was recorded: the page that it is, with its
-- content group.

with

pages as (
    select
        *,
        lower(coalesce(page_host, '') || page_path) as page_text
    from {{ ref('int_pages') }}
    where batch_id > {{ batch_seen() }}
),

content_groups as (
    select * from {{ ref('content_groups') }}
),

-- Ordered rules, the first that matches wins.
matches as (
    select
        pages.page_key,
        pages.page_url,
        pages.page_path,
        content_groups.content_group,
        row_number() over (
            partition by pages.page_key order by content_groups.priority
        ) as match_number
    from pages
    left join content_groups
        on {{ matches('pages.page_text', 'content_groups.page_pattern') }}
),

grouped_pages as (
    select
        page_key,
        page_url,
        page_path,
        coalesce(content_group, '(other)') as content_group,
        cast({{ this_batch() }} as bigint) as batch_id
    from matches
    where match_number = 1
)

select * from grouped_pages
