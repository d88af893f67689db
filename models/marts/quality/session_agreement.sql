{{
    config(
        materialized='incremental',
        replace_by=['format', 'site_id', 'session_date', 'reason'],
        gone_when='sessions = 0',
        bounded_by='session_date'
    )
}}

-- One row per raw format, site, session date and reason: how far sessions agree with those
-- that the recording tool cut, and why they differ.

with

changes as (
    select
        format,
        site_id,
        session_date,
        reason,
        1 as sessions,
        source_sessions
    from {{ ref('int_compared_sessions') }}
    where batch_id > {{ batch_seen() }}

    union all

    select
        format,
        site_id,
        session_date,
        reason,
        -1 as sessions,
        -source_sessions as source_sessions
    from {{ replaced(ref('int_compared_sessions')) }}
    where batch_id <= {{ batch_seen() }} and replaced_batch_id > {{ batch_seen() }}
),

touched_keys as (
    select distinct
        format,
        site_id,
        session_date,
        reason
    from changes
),

counts as (
    select * from changes

    union all

    select
        stored.format,
        stored.site_id,
        stored.session_date,
        stored.reason,
        stored.sessions,
        stored.source_sessions
    from {{ stored() }} as stored
    inner join touched_keys
        on
            stored.session_date = touched_keys.session_date
            and stored.format = touched_keys.format
            and stored.site_id = touched_keys.site_id
            and stored.reason = touched_keys.reason
),

session_agreement as (
    select
        format,
        site_id,
        session_date,
        reason,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(source_sessions) as bigint) as source_sessions
    from counts
    group by 1, 2, 3, 4
)

select * from session_agreement
