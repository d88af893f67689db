{{
    config(
        materialized='incremental',
        replace_by=['person_id'],
        gone_when='session_id is null'
    )
}}

-- One row per touch of a session: its first hit, and every later one that a campaign or
-- another site brought.

with

touched_persons as (
    select person_id from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen() }}
    union
    select person_id from {{ replaced(ref('int_sessions')) }}
    where is_counted and replaced_batch_id > {{ batch_seen() }}
),

sessions as (
    select sessions.*
    from {{ ref('int_sessions') }} as sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    where sessions.is_counted
),

-- A direct touch belongs to the last one before it on the site that was not direct.
touches as (
    select
        touches.*,
        sessions.person_id,
        sessions.visitor_id,
        sessions.site_id,
        sum(case when touches.source = '(direct)' then 0 else 1 end) over (
            partition by sessions.person_id, sessions.site_id
            order by touches.touched_at, touches.session_id, touches.touch_number
            rows between unbounded preceding and current row
        ) as non_direct_number
    from sessions
    inner join {{ ref('int_touches') }} as touches
        on
            sessions.session_id = touches.session_id
            and sessions.session_date = touches.session_date
),

non_direct_touches as (
    select * from touches
    where source != '(direct)'
),

-- A person who has no session any more has a row that says no more than that.
touchpoints as (
    select
        -- ids
        touches.session_id || '-' || cast(touches.touch_number as string) as touchpoint_id,
        touches.session_id,
        touched_persons.person_id,
        touches.visitor_id,
        touches.site_id,
        touches.hit_id,
        touches.touch_number,

        -- where it came from
        touches.channel,
        touches.source,
        touches.medium,
        touches.campaign,

        -- where the last touch came from that was not direct
        coalesce(non_direct_touches.channel, touches.channel) as last_non_direct_channel,
        coalesce(non_direct_touches.source, touches.source) as last_non_direct_source,
        coalesce(non_direct_touches.medium, touches.medium) as last_non_direct_medium,
        coalesce(non_direct_touches.campaign, touches.campaign) as last_non_direct_campaign,

        -- flags
        touches.source = '(direct)' as is_direct,

        -- dates in the site's time zone, and timestamps in UTC
        touches.session_date,
        touches.touch_date,
        touches.touched_at
    from touched_persons
    left join touches
        on touched_persons.person_id = touches.person_id
    left join non_direct_touches
        on
            touches.person_id = non_direct_touches.person_id
            and touches.site_id = non_direct_touches.site_id
            and touches.non_direct_number = non_direct_touches.non_direct_number
            and touches.touched_at <= {{ add_microseconds(
                'non_direct_touches.touched_at',
                '86400000000 * ' ~ var('touch_lookback_days')
            ) }}
)

select * from touchpoints
