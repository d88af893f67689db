{{
    config(
        materialized='incremental',
        replace_by=['session_date', 'site_id', 'excluded_as', 'reason'],
        gone_when='sessions = 0',
        bounded_by='session_date'
    )
}}

-- One row per session date, site and rule that left sessions out of the figures. A run
-- adds the sessions that came or changed and takes off what they were before.

with

session_changes as (
    select
        {{ columns_of('int_sessions') }},
        1 as change
    from {{ ref('int_sessions') }}
    where excluded_as is not null and batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_sessions') }},
        -1 as change
    from {{ replaced(ref('int_sessions')) }}
    where
        excluded_as is not null
        and batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

changed_counts as (
    select
        session_date,
        site_id,
        excluded_as,
        case excluded_as
            when 'bot' then bot_reason
            when 'internal' then internal_reason
            else {{ url_host('referrer_url') }}
        end as reason,
        change as sessions,
        hits * change as hits,
        page_views * change as page_views
    from session_changes
),

touched_keys as (
    select distinct
        session_date,
        site_id,
        excluded_as,
        reason
    from changed_counts
),

stored_counts as (
    select stored.*
    from {{ stored() }} as stored
    inner join touched_keys
        on
            stored.session_date = touched_keys.session_date
            and stored.site_id = touched_keys.site_id
            and stored.excluded_as = touched_keys.excluded_as
            and stored.reason = touched_keys.reason
),

counts as (
    select * from changed_counts
    union all
    select * from stored_counts
),

daily_exclusions as (
    select
        session_date,
        site_id,
        excluded_as,
        reason,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(hits) as bigint) as hits,
        cast(sum(page_views) as bigint) as page_views
    from counts
    group by 1, 2, 3, 4
)

select * from daily_exclusions
