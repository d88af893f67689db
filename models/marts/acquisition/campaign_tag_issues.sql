-- One row per site, campaign tag, text that was written there, and what is wrong with it.

with

tagged_hits as (
    select
        site_id,
        coalesce(utm_source, {{ url_parameter('page_url', 'utm_source') }}) as source,
        coalesce(utm_medium, {{ url_parameter('page_url', 'utm_medium') }}) as medium,
        coalesce(utm_campaign, {{ url_parameter('page_url', 'utm_campaign') }}) as campaign,
        page_url,
        {{ url_host('page_url') }} as page_host,
        {{ url_host('referrer_url') }} as referrer_host,
        active_date
    from {{ ref('int_touch_hits') }}
    where
        page_url like '%utm_%'
        or coalesce(utm_source, utm_medium, utm_campaign) is not null
),

site_hosts as (
    select * from {{ ref('site_hosts') }}
),

tag_fixes as (
    select * from {{ ref('campaign_tag_fixes') }}
),

-- A link within a site that bears tags takes its visits away from what brought them.
checked_hits as (
    select
        tagged_hits.*,
        coalesce(
            tagged_hits.referrer_host in (tagged_hits.page_host, site_hosts.host), false
        ) as is_internal
    from tagged_hits
    left join site_hosts
        on
            tagged_hits.referrer_host = site_hosts.host
            and tagged_hits.site_id = site_hosts.site_id
    where coalesce(tagged_hits.source, tagged_hits.medium, tagged_hits.campaign) is not null
),

tags as (
    select
        *,
        'source' as tag,
        source as written
    from checked_hits
    union all
    select
        *,
        'medium' as tag,
        medium as written
    from checked_hits
    union all
    select
        *,
        'campaign' as tag,
        campaign as written
    from checked_hits
),

issues as (
    select
        tags.*,
        case
            when tags.written is null and tags.tag != 'campaign' then 'missing'
            when tag_fixes.meant is not null then 'mended'
            when tags.written != lower(tags.written) then 'capitals'
            when tags.written != trim(tags.written) then 'blanks around it'
        end as issue
    from tags
    left join tag_fixes
        on tags.tag = tag_fixes.parameter and lower(tags.written) = tag_fixes.written

    union all

    select
        *,
        'on a link within the site' as issue
    from tags
    where is_internal and written is not null
),

-- Sources and media that no channel rule knows, as they were meant.
unassigned_touches as (
    select
        site_id,
        source || ' / ' || medium as written,
        count(*) as hits,
        min(touch_date) as first_date,
        max(touch_date) as last_date
    from {{ ref('touchpoints') }}
    where channel = 'Unassigned'
    group by 1, 2
),

campaign_tag_issues as (
    select
        site_id,
        tag,
        written,
        issue,
        count(*) as hits,
        min(active_date) as first_date,
        max(active_date) as last_date,
        max(page_url) as example_url
    from issues
    where issue is not null
    group by 1, 2, 3, 4

    union all

    select
        site_id,
        'source and medium' as tag,
        written,
        'in no channel' as issue,
        hits,
        first_date,
        last_date,
        null as example_url
    from unassigned_touches
)

select * from campaign_tag_issues
