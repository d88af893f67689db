{{
    config(
        materialized='incremental',
        replace_by=[
            'session_date', 'site_id', 'channel', 'source', 'medium', 'campaign',
            'country_code', 'device_type'
        ],
        gone_when='sessions = 0',
        bounded_by='session_date'
    )
}}

-- One row per session date, site, channel, source, medium, campaign, country and
-- device that had a session. A run adds the sessions that came or changed and takes
-- off what they were before.

with

session_changes as (
    select
        {{ columns_of('int_sessions') }},
        1 as change
    from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_sessions') }},
        -1 as change
    from {{ replaced(ref('int_sessions')) }}
    where
        is_counted
        and batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

changed_counts as (
    select
        session_date,
        site_id,
        channel,
        source,
        medium,
        campaign,
        country_code,
        device_type,
        change as sessions,
        case when is_engaged then change else 0 end as engaged_sessions,
        case when is_bounce then change else 0 end as bounces,
        case when is_single_page then change else 0 end as single_page_sessions,
        case when is_single_hit then change else 0 end as single_hit_sessions,
        case when is_new_person then change else 0 end as new_person_sessions,
        case when duration_seconds is not null then change else 0 end
            as measured_sessions,
        coalesce(duration_seconds, 0) * change as duration_seconds,
        hits * change as hits,
        page_views * change as page_views,
        case when conversions > 0 then change else 0 end as converting_sessions,
        conversions * change as conversions,
        revenue * change as revenue
    from session_changes
),

touched_keys as (
    select distinct
        session_date,
        site_id,
        channel,
        source,
        medium,
        campaign,
        country_code,
        device_type
    from changed_counts
),

stored_counts as (
    select stored.*
    from {{ stored() }} as stored
    inner join touched_keys
        on
            stored.session_date = touched_keys.session_date
            and stored.site_id = touched_keys.site_id
            and stored.channel = touched_keys.channel
            and stored.source = touched_keys.source
            and stored.medium = touched_keys.medium
            and stored.campaign is not distinct from touched_keys.campaign
            and stored.country_code is not distinct from touched_keys.country_code
            and stored.device_type is not distinct from touched_keys.device_type
),

counts as (
    select * from changed_counts
    union all
    select * from stored_counts
),

daily_sessions as (
    select
        session_date,
        site_id,
        channel,
        source,
        medium,
        campaign,
        country_code,
        device_type,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(engaged_sessions) as bigint) as engaged_sessions,
        cast(sum(bounces) as bigint) as bounces,
        cast(sum(single_page_sessions) as bigint) as single_page_sessions,
        cast(sum(single_hit_sessions) as bigint) as single_hit_sessions,
        cast(sum(new_person_sessions) as bigint) as new_person_sessions,
        cast(sum(measured_sessions) as bigint) as measured_sessions,
        cast(sum(duration_seconds) as decimal(18, 6)) as duration_seconds,
        cast(sum(hits) as bigint) as hits,
        cast(sum(page_views) as bigint) as page_views,
        cast(sum(converting_sessions) as bigint) as converting_sessions,
        cast(sum(conversions) as bigint) as conversions,
        cast(sum(revenue) as decimal(18, 4)) as revenue
    from counts
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select * from daily_sessions
