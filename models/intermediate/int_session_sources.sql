{{ config(materialized='ephemeral') }}

-- One row per session that a run brings up to date: the source, medium and campaign
-- that its first hit came by.

with

sessions as (
    select * from {{ ref('int_touched_sessions') }}
    where started_at is not null
),

click_ids as (
    select * from {{ ref('click_ids') }}
),

sources as (
    select * from {{ ref('sources') }}
),

site_hosts as (
    select * from {{ ref('site_hosts') }}
),

unwanted_referrers as (
    select * from {{ ref('unwanted_referrers') }}
),

-- Tags in a URL stand in for columns that the raw format does not fill.
tagged_sessions as (
    select
        session_id,
        site_id,
        first_page_url,
        lower(coalesce(utm_source, {{ url_parameter('first_page_url', 'utm_source') }}))
            as tagged_source,
        lower(coalesce(utm_medium, {{ url_parameter('first_page_url', 'utm_medium') }}))
            as tagged_medium,
        coalesce(utm_campaign, {{ url_parameter('first_page_url', 'utm_campaign') }})
            as tagged_campaign,
        {{ url_host('first_page_url') }} as page_host,
        {{ url_host('referrer_url') }} as referrer_host
    from sessions
),

-- An advertiser's click id is evidence of a paid click, unless tags say otherwise.
clicked_sessions as (
    select
        tagged_sessions.session_id,
        min_by(click_ids.source, click_ids.parameter) as source,
        min_by(click_ids.medium, click_ids.parameter) as medium
    from tagged_sessions
    inner join click_ids
        on regexp_matches(
            lower(tagged_sessions.first_page_url),
            '[?&]' || click_ids.parameter || '=[^&#]'
        )
    where tagged_sessions.first_page_url like '%?%'
    group by 1
),

-- A referrer counts unless it is the site itself, or a hop for payment or sign-in.
referred_sessions as (
    select
        tagged_sessions.session_id,
        coalesce(sources.source, tagged_sessions.referrer_host) as source,
        case sources.category
            when 'search' then 'organic'
            when 'ai_assistant' then 'ai-assistant'
            else 'referral'
        end as medium
    from tagged_sessions
    left join site_hosts
        on
            tagged_sessions.referrer_host = site_hosts.host
            and tagged_sessions.site_id = site_hosts.site_id
    left join unwanted_referrers
        on tagged_sessions.referrer_host = unwanted_referrers.referrer_host
    left join sources
        on tagged_sessions.referrer_host = sources.source_host
    where
        tagged_sessions.referrer_host is not null
        and tagged_sessions.referrer_host != coalesce(tagged_sessions.page_host, '')
        and site_hosts.host is null
        and unwanted_referrers.referrer_host is null
),

session_sources as (
    select
        tagged_sessions.session_id,
        case
            when tagged_sessions.is_tagged
                then coalesce(tagged_sessions.tagged_source, '(not set)')
            else coalesce(
                clicked_sessions.source, referred_sessions.source, '(direct)'
            )
        end as source,
        case
            when tagged_sessions.is_tagged
                then coalesce(tagged_sessions.tagged_medium, '(not set)')
            else coalesce(clicked_sessions.medium, referred_sessions.medium, '(none)')
        end as medium,
        tagged_sessions.tagged_campaign as campaign
    from (
        select
            *,
            coalesce(tagged_source, tagged_medium, tagged_campaign) is not null
                as is_tagged
        from tagged_sessions
    ) as tagged_sessions
    left join clicked_sessions
        on tagged_sessions.session_id = clicked_sessions.session_id
    left join referred_sessions
        on tagged_sessions.session_id = referred_sessions.session_id
)

select * from session_sources
