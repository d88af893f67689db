{{ config(materialized='ephemeral') }}

-- One row per session that a run brings up to date and that a rule names, besides those
-- for user agents: behaviours, ranges of addresses, internal traffic, referrers.

with

sessions as (
    select * from {{ ref('int_touched_sessions') }}
    where started_at is not null
),

address_matches as (
    select * from {{ ref('int_address_matches') }}
),

internal_matches as (
    select * from {{ ref('int_internal_matches') }}
),

referrer_matches as (
    select * from {{ ref('int_referrer_matches') }}
),

-- A session is a bot's when its visitor behaved like one on any of its dates.
behaving_sessions as (
    select
        session_days.session_id,
        session_days.session_date,
        min_by(bot_days.bot_reason, bot_days.active_date) as bot_reason
    from {{ ref('int_bot_days') }} as bot_days
    inner join {{ ref('int_session_days') }} as session_days
        on
            bot_days.site_id = session_days.site_id
            and bot_days.visitor_id = session_days.visitor_id
            and bot_days.active_date = session_days.active_date
    where {{ touched_session_dates('session_days.session_date') }}
    group by 1, 2
),

session_exclusions as (
    select
        sessions.session_id,
        sessions.session_date,
        coalesce(address_matches.bot_reason, behaving_sessions.bot_reason) as bot_reason,
        case
            when address_matches.bot_reason is not null then address_matches.bot_class
            when behaving_sessions.bot_reason is not null then 'behaviour'
        end as bot_class,
        coalesce(
            address_matches.internal_reason,
            user_matches.internal_reason,
            page_matches.internal_reason,
            referrer_rule_matches.internal_reason,
            agent_matches.internal_reason
        ) as internal_reason,
        referrer_matches.ignored_referrer_reason,
        coalesce(referrer_matches.is_referrer_spam, false) as is_referrer_spam
    from sessions
    left join behaving_sessions
        on
            sessions.session_id = behaving_sessions.session_id
            and sessions.session_date = behaving_sessions.session_date
    left join address_matches
        on sessions.ip_range = address_matches.ip_range
    left join internal_matches as user_matches
        on
            sessions.site_id = user_matches.site_id
            and coalesce(sessions.user_id, sessions.visitor_user_id) = user_matches.attribute_value
            and user_matches.attribute = 'user_id'
    left join internal_matches as page_matches
        on
            sessions.site_id = page_matches.site_id
            and sessions.first_page_url = page_matches.attribute_value
            and page_matches.attribute = 'page_url'
    left join internal_matches as referrer_rule_matches
        on
            sessions.site_id = referrer_rule_matches.site_id
            and sessions.referrer_url = referrer_rule_matches.attribute_value
            and referrer_rule_matches.attribute = 'referrer_url'
    left join internal_matches as agent_matches
        on
            sessions.site_id = agent_matches.site_id
            and sessions.user_agent = agent_matches.attribute_value
            and agent_matches.attribute = 'user_agent'
    left join referrer_matches
        on
            sessions.site_id = referrer_matches.site_id
            and sessions.referrer_url = referrer_matches.referrer_url
            and split_part(sessions.first_page_url, '/', 3)
            is not distinct from referrer_matches.page_host
)

select * from session_exclusions
where
    bot_reason is not null
    or internal_reason is not null
    or ignored_referrer_reason is not null
    or is_referrer_spam
