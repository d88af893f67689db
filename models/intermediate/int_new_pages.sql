{{ config(materialized='ephemeral') }}

-- One row per page URL that no run has seen, and site: its parts, and the rules that it
-- goes by.

with

recorded_pages as (
    select
        {{ hash_key('site_id, page_url') }} as page_key,
        any_value(site_id) as site_id,
        any_value(page_url) as page_url
    from {{ ref('int_hits') }}
    where page_url is not null and batch_id > {{ batch_seen('int_pages') }}
    group by 1
),

unknown_pages as (
    select * from recorded_pages
    where page_key not in (select stored.page_key from {{ stored('int_pages') }} as stored)
),

page_rules as (
    select * from {{ ref('page_rules') }}
),

split_pages as (
    select
        page_key,
        site_id,
        {{ url_scheme('page_url') }} as page_scheme,
        {{ url_host('page_url') }} as page_host,
        split_part(split_part({{ url_below_host('page_url') }}, '#', 1), '?', 1) as page_path,
        regexp_extract(page_url, '^[^?#]*[?]([^#]+)', 1) as page_query,
        regexp_extract(page_url, '#.+$', 0) as page_fragment
    from unknown_pages
),

-- The rules of the site itself come before those for all.
new_pages as (
    select
        split_pages.*,
        coalesce(own_rules.is_path_lower_cased, shared_rules.is_path_lower_cased, false)
            as is_path_lower_cased,
        coalesce(own_rules.is_slash_dropped, shared_rules.is_slash_dropped, false)
            as is_slash_dropped,
        coalesce(own_rules.is_index_dropped, shared_rules.is_index_dropped, false)
            as is_index_dropped,
        coalesce(own_rules.is_fragment_kept, shared_rules.is_fragment_kept, false)
            as is_fragment_kept,
        coalesce(own_rules.are_parameters_kept, shared_rules.are_parameters_kept, true)
            as are_parameters_kept
    from split_pages
    left join page_rules as own_rules
        on split_pages.site_id = own_rules.site_id
    left join page_rules as shared_rules
        on shared_rules.site_id is null
)

select * from new_pages
