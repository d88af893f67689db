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

person_ids as (
    select * from {{ ref('int_person_ids') }}
),

user_agents as (
    select * from {{ ref('int_user_agents') }}
),

session_exclusions as (
    select * from {{ ref('int_session_exclusions') }}
),

engagements as (
    select
        touched_sessions.*,
        user_agents.device_type,
        user_agents.browser,
        user_agents.operating_system,
        coalesce(user_agents.bot_reason, session_exclusions.bot_reason) as bot_reason,
        case
            when user_agents.is_bot then user_agents.bot_class
            else session_exclusions.bot_class
        end as bot_class,
        session_exclusions.internal_reason,
        session_exclusions.ignored_referrer_reason,
        coalesce(session_exclusions.is_referrer_spam, false) as is_referrer_spam,
        touched_sessions.page_views >= 2
        or touched_sessions.conversions > 0
        or touched_sessions.ended_at > {{ add_microseconds(
            'touched_sessions.started_at', '1000000 * ' ~ var('engaged_session_seconds')
        ) }} as is_engaged
    from touched_sessions
    left join user_agents
        on touched_sessions.user_agent = user_agents.user_agent
    left join session_exclusions
        on
            touched_sessions.session_id = session_exclusions.session_id
            and touched_sessions.session_date = session_exclusions.session_date
),

-- A session that several rules name is left out by the first of these.
judged_sessions as (
    select
        *,
        case
            when bot_reason is not null and not {{ var('count_bots') }} then 'bot'
            when internal_reason is not null and not {{ var('count_internal') }}
                then 'internal'
            when is_referrer_spam and not {{ var('count_referrer_spam') }}
                then 'referrer spam'
        end as excluded_as
    from engagements
),

resolved_sessions as (
    select
        -- ids
        judged_sessions.session_id,
        judged_sessions.site_id,
        judged_sessions.visitor_id,
        judged_sessions.user_id,
        coalesce(
            person_ids.person_id,
            judged_sessions.user_id, judged_sessions.visitor_user_id, judged_sessions.visitor_id
        ) as person_id,
        cast(0 as bigint) as session_number,

        -- arrival
        judged_sessions.landing_page_url,
        judged_sessions.exit_page_url,
        judged_sessions.referrer_url,
        first_touches.channel,
        first_touches.source,
        first_touches.medium,
        first_touches.campaign,
        judged_sessions.country_code,
        judged_sessions.language,
        judged_sessions.device_type,
        judged_sessions.browser,
        judged_sessions.operating_system,
        judged_sessions.bot_reason,
        judged_sessions.bot_class,
        judged_sessions.internal_reason,
        judged_sessions.ignored_referrer_reason,
        judged_sessions.excluded_as,

        -- numbers
        case
            when judged_sessions.hits > 1
                then {{ seconds_between('judged_sessions.started_at', 'judged_sessions.ended_at') }}
        end as duration_seconds,
        judged_sessions.hits,
        judged_sessions.page_views,
        judged_sessions.clicks,
        judged_sessions.form_submissions,
        judged_sessions.conversions,
        cast(judged_sessions.revenue as decimal(18, 4)) as revenue,

        -- flags
        judged_sessions.is_engaged,
        not judged_sessions.is_engaged as is_bounce,
        judged_sessions.page_views = 1 as is_single_page,
        judged_sessions.hits = 1 as is_single_hit,
        false as is_new_person,
        judged_sessions.bot_reason is not null as is_bot,
        judged_sessions.internal_reason is not null as is_internal,
        judged_sessions.is_referrer_spam,
        judged_sessions.excluded_as is null as is_counted,

        -- dates in the site's time zone, and timestamps in UTC
        judged_sessions.session_date,
        judged_sessions.last_active_date,
        judged_sessions.started_at,
        judged_sessions.ended_at,
        cast({{ this_batch() }} as bigint) as batch_id
    from judged_sessions
    left join first_touches
        on
            judged_sessions.session_id = first_touches.session_id
            and judged_sessions.session_date = first_touches.session_date
    left join person_ids
        on
            coalesce(
                judged_sessions.user_id,
                judged_sessions.visitor_user_id,
                judged_sessions.visitor_id
            ) = person_ids.distinct_id
)

select * from resolved_sessions
