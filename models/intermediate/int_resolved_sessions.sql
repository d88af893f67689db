{{ config(materialized='ephemeral') }}

-- One row per session that a run brings up to date, with all rules applied but for
-- its number among the sessions of its person.

with

touched_sessions as (
    select * from {{ ref('int_touched_sessions') }}
),

-- How a session came is its first touch.
first_touches as (
    select * from {{ ref('int_touches') }}
    where touch_number = 1 and {{ touched_session_dates('session_date') }}
),

user_agents as (
    select * from {{ ref('int_user_agents') }}
),

engagements as (
    select
        *,
        page_views >= 2
        or conversions > 0
        or ended_at > {{ add_microseconds(
            'started_at', '1000000 * ' ~ var('engaged_session_seconds')
        ) }} as is_engaged
    from touched_sessions
),

resolved_sessions as (
    select
        -- ids
        engagements.session_id,
        engagements.site_id,
        engagements.visitor_id,
        engagements.user_id,
        coalesce(
            engagements.user_id, engagements.visitor_user_id, engagements.visitor_id
        ) as person_id,
        cast(0 as bigint) as session_number,

        -- arrival
        engagements.landing_page_url,
        engagements.exit_page_url,
        engagements.referrer_url,
        first_touches.channel,
        first_touches.source,
        first_touches.medium,
        first_touches.campaign,
        engagements.country_code,
        engagements.language,
        user_agents.device_type,
        user_agents.browser,
        user_agents.operating_system,
        user_agents.bot_reason,

        -- numbers
        case
            when engagements.hits > 1
                then {{ seconds_between('engagements.started_at', 'engagements.ended_at') }}
        end as duration_seconds,
        engagements.hits,
        engagements.page_views,
        engagements.clicks,
        engagements.form_submissions,
        engagements.conversions,
        cast(engagements.revenue as decimal(18, 4)) as revenue,

        -- flags
        engagements.is_engaged,
        not engagements.is_engaged as is_bounce,
        engagements.page_views = 1 as is_single_page,
        engagements.hits = 1 as is_single_hit,
        false as is_new_person,
        coalesce(user_agents.is_bot, false) as is_bot,
        {{ var('count_bots') }} or not coalesce(user_agents.is_bot, false) as is_counted,

        -- dates in the site's time zone, and timestamps in UTC
        engagements.session_date,
        engagements.last_active_date,
        engagements.started_at,
        engagements.ended_at,
        cast({{ this_batch() }} as bigint) as batch_id
    from engagements
    left join first_touches
        on
            engagements.session_id = first_touches.session_id
            and engagements.session_date = first_touches.session_date
    left join user_agents
        on engagements.user_agent = user_agents.user_agent
)

select * from resolved_sessions
