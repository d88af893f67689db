{{
    config(
        materialized='incremental',
        replace_by=['session_date', 'site_id', 'channel', 'source', 'medium', 'campaign'],
        gone_when='sessions = 0',
        bounded_by='session_date'
    )
}}

-- One row per session date, site, source, medium and campaign that had a session.

with

touched_keys as (
    select
        session_date,
        site_id,
        channel,
        source,
        medium,
        campaign
    from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen() }}

    union

    select
        session_date,
        site_id,
        channel,
        source,
        medium,
        campaign
    from {{ replaced(ref('int_sessions')) }}
    where is_counted and replaced_batch_id > {{ batch_seen() }}
),

sessions as (
    select * from {{ ref('int_sessions') }}
    where is_counted and {{ changed_session_dates('session_date') }}
),

-- A channel follows from source, medium and campaign.
campaign_days as (
    select
        touched_keys.session_date,
        touched_keys.site_id,
        touched_keys.channel,
        touched_keys.source,
        touched_keys.medium,
        touched_keys.campaign,
        count(sessions.session_id) as sessions,
        count(case when sessions.is_engaged then 1 end) as engaged_sessions,
        count(distinct sessions.person_id) as users,
        count(case when sessions.is_new_person then 1 end) as new_users,
        count(case when sessions.conversions > 0 then 1 end) as converting_sessions,
        cast(coalesce(sum(sessions.conversions), 0) as bigint) as conversions,
        cast(coalesce(sum(sessions.revenue), 0) as decimal(18, 4)) as revenue
    from touched_keys
    left join sessions
        on
            touched_keys.session_date = sessions.session_date
            and touched_keys.site_id = sessions.site_id
            and touched_keys.channel = sessions.channel
            and touched_keys.source = sessions.source
            and touched_keys.medium = sessions.medium
            and touched_keys.campaign is not distinct from sessions.campaign
    group by 1, 2, 3, 4, 5, 6
)

select * from campaign_days
