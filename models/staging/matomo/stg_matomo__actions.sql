{{ config(materialized='ephemeral') }}

-- One row per row of Matomo's tables log_link_visit_action and log_conversion that the run
-- reads, with the names that it refers to.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('matomo', [
        'idlink_va', 'idsite', 'idvisitor', 'idvisit', 'server_time', 'idaction_url',
        'idaction_url_ref', 'idaction_name', 'idaction_event_category',
        'idaction_event_action', 'idaction_content_name', 'idaction_content_piece',
        'custom_float', 'idgoal', 'buster', 'url', 'revenue',
    ], ['log_link_visit_action', 'log_conversion']) }}
),

names as (
    select * from {{ ref('stg_matomo__names') }}
),

rows_with_ids as (
    select
        *,
        {{ export_of("'matomo'", 'file_path') }} as export,
        {{ matomo_id('idaction_url') }} as url_id,
        {{ matomo_id('idaction_url_ref') }} as url_before_id,
        {{ matomo_id('idaction_name') }} as name_id,
        {{ matomo_id('idaction_event_category') }} as category_id,
        {{ matomo_id('idaction_event_action') }} as event_id,
        {{ matomo_id('idaction_content_name') }} as content_id,
        {{ matomo_id('idaction_content_piece') }} as piece_id
    from source
),

actions as (
    select
        rows_with_ids.*,
        urls.action_type as url_type,
        urls.action_name as action_url,
        urls_before.action_name as url_before,
        names.action_type as name_type,
        names.action_name,
        categories.action_name as category,
        events.action_name as event_action,
        contents.action_name as content_name,
        pieces.action_name as content_piece,
        rows_with_ids.url_id is not null and urls.idaction is null
        or rows_with_ids.name_id is not null and names.idaction is null
        or rows_with_ids.category_id is not null and categories.idaction is null
        or rows_with_ids.event_id is not null and events.idaction is null
            as lacks_name
    from rows_with_ids
    left join names as urls
        on rows_with_ids.export = urls.export and rows_with_ids.url_id = urls.idaction
    left join names as urls_before
        on
            rows_with_ids.export = urls_before.export
            and rows_with_ids.url_before_id = urls_before.idaction
    left join names
        on rows_with_ids.export = names.export and rows_with_ids.name_id = names.idaction
    left join names as categories
        on
            rows_with_ids.export = categories.export
            and rows_with_ids.category_id = categories.idaction
    left join names as events
        on rows_with_ids.export = events.export and rows_with_ids.event_id = events.idaction
    left join names as contents
        on
            rows_with_ids.export = contents.export
            and rows_with_ids.content_id = contents.idaction
    left join names as pieces
        on rows_with_ids.export = pieces.export and rows_with_ids.piece_id = pieces.idaction
)

select * from actions
