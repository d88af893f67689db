{{
    config(
        materialized='incremental',
        replace_by=['event_date', 'site_id', 'hit_type', 'hit_name', 'page_url'],
        gone_when='hits = 0',
        bounded_by='event_date'
    )
}}

-- One row per date, site, type and name of a hit that is no page view, and page. A run
-- adds the hits of the session days that it renewed and takes off what they were before.

with

pages as (
    select * from {{ ref('int_grouped_pages') }}
),

hit_changes as (
    select
        {{ columns_of('int_session_hits') }},
        1 as change
    from {{ ref('int_session_hits') }}
    where hit_type != 'page_view' and batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_session_hits') }},
        -1 as change
    from {{ replaced(ref('int_session_hits')) }}
    where
        hit_type != 'page_view'
        and batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

-- A session that does the same again on the date counts once there.
session_events as (
    select
        hit_changes.change,
        hit_changes.session_id,
        hit_changes.active_date,
        hit_changes.site_id,
        hit_changes.hit_type,
        hit_changes.hit_name,
        coalesce(pages.page_url, '(not set)') as page_url,
        coalesce(pages.content_group, '(not set)') as content_group,
        count(*) as hits,
        sum(hit_changes.value) as value
    from hit_changes
    left join pages
        on hit_changes.page_key = pages.page_key
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

changed_counts as (
    select
        active_date as event_date,
        site_id,
        hit_type,
        hit_name,
        page_url,
        content_group,
        sum(change * hits) as hits,
        sum(change) as sessions,
        sum(change * coalesce(value, 0)) as value
    from session_events
    group by 1, 2, 3, 4, 5, 6
),

counts as (
    select * from changed_counts

    union all

    select stored.*
    from {{ stored() }} as stored
    inner join changed_counts
        on
            stored.event_date = changed_counts.event_date
            and stored.site_id = changed_counts.site_id
            and stored.hit_type = changed_counts.hit_type
            and stored.hit_name is not distinct from changed_counts.hit_name
            and stored.page_url = changed_counts.page_url
    where {{ renewed_dates('stored.event_date') }}
),

daily_events as (
    select
        event_date,
        site_id,
        hit_type,
        hit_name,
        page_url,
        content_group,
        cast(sum(hits) as bigint) as hits,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(value) as decimal(18, 4)) as value
    from counts
    group by 1, 2, 3, 4, 5, 6
)

select * from daily_events
