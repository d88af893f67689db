{{
    config(
        materialized='incremental',
        replace_by=['active_date', 'site_id', 'active_hour'],
        gone_when='hits = 0',
        bounded_by='active_date'
    )
}}

-- One row per date, site and hour of the day with a hit. A run adds the hits of the
-- session days that it renewed and takes off what they were before.

with

hit_changes as (
    select
        {{ columns_of('int_session_hits') }},
        1 as change
    from {{ ref('int_session_hits') }}
    where batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_session_hits') }},
        -1 as change
    from {{ replaced(ref('int_session_hits')) }}
    where
        batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

changed_counts as (
    select
        active_date,
        site_id,
        active_hour,
        sum(change) as hits,
        sum(case when hit_type = 'page_view' then change else 0 end) as page_views,
        sum(case when hit_number = 1 then change else 0 end) as sessions
    from hit_changes
    group by 1, 2, 3
),

counts as (
    select * from changed_counts

    union all

    select stored.*
    from {{ stored() }} as stored
    inner join changed_counts
        on
            stored.active_date = changed_counts.active_date
            and stored.site_id = changed_counts.site_id
            and stored.active_hour = changed_counts.active_hour
    where {{ renewed_dates('stored.active_date') }}
),

hourly_activity as (
    select
        active_date,
        site_id,
        active_hour,
        cast(sum(hits) as bigint) as hits,
        cast(sum(page_views) as bigint) as page_views,
        cast(sum(sessions) as bigint) as sessions
    from counts
    group by 1, 2, 3
)

select * from hourly_activity
