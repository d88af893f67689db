{{ config(materialized='ephemeral') }}

-- One row per origin of the hits that may be touches of sessions which a run brings up to
-- date: the source, medium and campaign that they came by.

with

-- The rules look at each origin once, not at each touch.
origins as (
    select
        origin_key,
        any_value(site_id) as site_id,
        any_value(first_page_url) as first_page_url,
        any_value(referrer_url) as referrer_url,
        any_value(utm_source) as utm_source,
        any_value(utm_medium) as utm_medium,
        any_value(utm_campaign) as utm_campaign
    from {{ ref('int_new_touches') }}
    group by 1
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

tag_fixes as (
    select * from {{ ref('campaign_tag_fixes') }}
),

unwanted_referrers as (
    select * from {{ ref('unwanted_referrers') }}
),

-- Tags in a URL stand in for columns that the raw format does not fill.
tagged_origins as (
    select
        origin_key,
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
    from origins
),

-- An advertiser's click id is evidence of a paid click, unless tags say otherwise.
clicked_origins as (
    select
        tagged_origins.origin_key,
        min_by(click_ids.source, click_ids.parameter) as source,
        min_by(click_ids.medium, click_ids.parameter) as medium
    from tagged_origins
    inner join click_ids
        on {{ matches(
            'lower(tagged_origins.first_page_url)',
            "'[?&]' || click_ids.parameter || '=[^&#]'"
        ) }}
    where tagged_origins.first_page_url like '%?%'
    group by 1
),

-- A referrer counts unless it is the site itself, or a hop for payment or sign-in.
referred_origins as (
    select
        tagged_origins.origin_key,
        coalesce(sources.source, tagged_origins.referrer_host) as source,
        case sources.category
            when 'search' then 'organic'
            when 'ai_assistant' then 'ai-assistant'
            else 'referral'
        end as medium
    from tagged_origins
    left join site_hosts
        on
            tagged_origins.referrer_host = site_hosts.host
            and tagged_origins.site_id = site_hosts.site_id
    left join unwanted_referrers
        on {{ is_host_or_below(
            'tagged_origins.referrer_host', 'unwanted_referrers.referrer_host'
        ) }}
    left join sources
        on tagged_origins.referrer_host = sources.source_host
    where
        tagged_origins.referrer_host is not null
        and tagged_origins.referrer_host != coalesce(tagged_origins.page_host, '')
        and site_hosts.host is null
        and unwanted_referrers.referrer_host is null
),

sourced_origins as (
    select
        tagged_origins.origin_key,
        case
            when tagged_origins.is_tagged
                then coalesce(source_fixes.meant, tagged_origins.tagged_source, '(not set)')
            else coalesce(
                clicked_origins.source, referred_origins.source, '(direct)'
            )
        end as source,
        case
            when tagged_origins.is_tagged
                then coalesce(medium_fixes.meant, tagged_origins.tagged_medium, '(not set)')
            else coalesce(clicked_origins.medium, referred_origins.medium, '(none)')
        end as medium,
        coalesce(campaign_fixes.meant, tagged_origins.tagged_campaign) as campaign
    from (
        select
            *,
            coalesce(tagged_source, tagged_medium, tagged_campaign) is not null
                as is_tagged
        from tagged_origins
    ) as tagged_origins
    left join clicked_origins
        on tagged_origins.origin_key = clicked_origins.origin_key
    left join referred_origins
        on tagged_origins.origin_key = referred_origins.origin_key
    left join tag_fixes as source_fixes
        on
            tagged_origins.tagged_source = source_fixes.written
            and source_fixes.parameter = 'source'
    left join tag_fixes as medium_fixes
        on
            tagged_origins.tagged_medium = medium_fixes.written
            and medium_fixes.parameter = 'medium'
    left join tag_fixes as campaign_fixes
        on
            lower(tagged_origins.tagged_campaign) = campaign_fixes.written
            and campaign_fixes.parameter = 'campaign'
)

select * from sourced_origins
