{{
    config(
        materialized='incremental',
        replace_by=['session_id'],
        gone_when='touch_number is null',
        bounded_by='session_date'
    )
}}

-- One row per touch of a session: its first hit, and every later one that a campaign or
-- another site brought, unless the touch before came from the same.

with

sourced_touches as (
    select
        new_touches.*,
        origins.source,
        origins.medium,
        origins.campaign,
        session_channels.channel
    from {{ ref('int_new_touches') }} as new_touches
    inner join {{ ref('int_origins') }} as origins
        on new_touches.origin_key = origins.origin_key
    inner join {{ ref('int_session_channels') }} as session_channels
        on
            origins.source = session_channels.source
            and origins.medium = session_channels.medium
            and origins.campaign is not distinct from session_channels.campaign
    where new_touches.is_first or origins.source != '(direct)'
),

compared_touches as (
    select
        *,
        lag({{ row_text(['source', 'medium', 'campaign']) }}) over (
            partition by session_id order by not is_first, touched_at, hit_id, format
        ) as previous_origin
    from sourced_touches
),

touches as (
    select
        session_id,
        session_date,
        row_number() over (
            partition by session_id order by not is_first, touched_at, hit_id, format
        ) as touch_number,
        hit_id,
        channel,
        source,
        medium,
        campaign,
        touch_date,
        touched_at
    from compared_touches
    where previous_origin is distinct from {{ row_text(['source', 'medium', 'campaign']) }}
),

-- A session that was replaced and is no more has a row that says no more than that.
gone_sessions as (
    select distinct
        replaced_days.session_id,
        replaced_days.session_date
    from {{ replaced(ref('int_session_days')) }} as replaced_days
    left join touches
        on
            replaced_days.session_id = touches.session_id
            and replaced_days.session_date = touches.session_date
    where
        replaced_days.replaced_batch_id > {{ batch_seen() }}
        and touches.session_id is null
),

all_touches as (
    select * from touches

    union all

    select
        session_id,
        session_date,
        null as touch_number,
        null as hit_id,
        null as channel,
        null as source,
        null as medium,
        null as campaign,
        null as touch_date,
        null as touched_at
    from gone_sessions
)

-- In the order of dates, so that later runs pass over what lies outside of theirs.
select * from all_touches
order by session_date -- noqa: AM06
