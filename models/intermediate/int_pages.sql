{{
    config(
        materialized='incremental',
        replace_by=['page_key']
    )
}}

-- One row per site and page URL as it was recorded: the page that it is.

with

new_pages as (
    select * from {{ ref('int_new_pages') }}
),

page_parameters as (
    select * from {{ ref('page_parameters') }}
),

parameters as (
    select
        page_key,
        site_id,
        are_parameters_kept,
        {{ each_part('page_query', '&') }} as parameter
    from new_pages
    where page_query != ''
),

kept_queries as (
    select
        parameters.page_key,
        {{ sorted_texts('parameters.parameter', '&') }} as page_query
    from parameters
    left join page_parameters as own_rules
        on
            parameters.site_id = own_rules.site_id
            and lower(split_part(parameters.parameter, '=', 1)) = own_rules.parameter
    left join page_parameters as shared_rules
        on
            shared_rules.site_id is null
            and lower(split_part(parameters.parameter, '=', 1)) = shared_rules.parameter
    where
        parameters.parameter != ''
        and coalesce(
            own_rules.is_kept, shared_rules.is_kept, parameters.are_parameters_kept
        )
    group by 1
),

cased_pages as (
    select
        *,
        case when is_path_lower_cased then lower(page_path) else page_path end as cased_path
    from new_pages
),

indexed_pages as (
    select
        *,
        case
            when is_index_dropped
                then regexp_replace(cased_path, '/(?i:index|default)[.][A-Za-z0-9]+$', '/')
            else cased_path
        end as indexed_path
    from cased_pages
),

normalised_pages as (
    select
        page_key,
        page_scheme || '://' || page_host as page_origin,
        page_host,
        coalesce(nullif(case
            when is_slash_dropped then regexp_replace(indexed_path, '/+$', '')
            else indexed_path
        end, ''), '/')
        || case when is_fragment_kept then page_fragment else '' end as page_path
    from indexed_pages
),

pages as (
    select
        normalised_pages.page_key,
        coalesce(normalised_pages.page_origin, '')
        || normalised_pages.page_path
        || coalesce('?' || kept_queries.page_query, '') as page_url,
        normalised_pages.page_host,
        normalised_pages.page_path,
        kept_queries.page_query,
        cast({{ this_batch() }} as bigint) as batch_id
    from normalised_pages
    left join kept_queries
        on normalised_pages.page_key = kept_queries.page_key
)

select * from pages
