{{ config(materialized='ephemeral') }}

-- One row per site, referrer and host of the first page of the sessions that a run brings
-- up to date, where the referrer is the site itself, a hop or spam.

with

arrivals as (
    select distinct
        site_id,
        referrer_url,
        split_part(first_page_url, '/', 3) as page_host
    from {{ ref('int_touched_sessions') }}
    where referrer_url is not null
),

site_hosts as (
    select * from {{ ref('site_hosts') }}
),

unwanted_referrers as (
    select * from {{ ref('unwanted_referrers') }}
),

referrer_spam as (
    select * from {{ ref('referrer_spam') }}
    where is_active
),

arrivals_with_host as (
    select
        *,
        {{ url_host('referrer_url') }} as referrer_host,
        {{ url_host("'https://' || page_host || '/'") }} as own_host
    from arrivals
),

referrer_hosts as (
    select distinct referrer_host from arrivals_with_host
    where referrer_host is not null
),

unwanted_hosts as (
    select
        referrer_hosts.referrer_host,
        min(unwanted_referrers.reason) as reason
    from referrer_hosts
    inner join unwanted_referrers
        on {{ is_host_or_below(
            'referrer_hosts.referrer_host', 'unwanted_referrers.referrer_host'
        ) }}
    group by 1
),

spam_hosts as (
    select distinct referrer_hosts.referrer_host
    from referrer_hosts
    inner join referrer_spam
        on
            referrer_hosts.referrer_host = referrer_spam.referrer_host
            or referrer_hosts.referrer_host like '%.' || referrer_spam.referrer_host
),

referrer_matches as (
    select
        arrivals_with_host.site_id,
        arrivals_with_host.referrer_url,
        arrivals_with_host.page_host,
        case
            when site_hosts.host is not null then 'the site itself'
            when arrivals_with_host.referrer_host = arrivals_with_host.own_host
                then 'the site itself'
            else unwanted_hosts.reason
        end as ignored_referrer_reason,
        spam_hosts.referrer_host is not null as is_referrer_spam
    from arrivals_with_host
    left join site_hosts
        on
            arrivals_with_host.referrer_host = site_hosts.host
            and arrivals_with_host.site_id = site_hosts.site_id
    left join unwanted_hosts
        on arrivals_with_host.referrer_host = unwanted_hosts.referrer_host
    left join spam_hosts
        on arrivals_with_host.referrer_host = spam_hosts.referrer_host
)

select * from referrer_matches
where ignored_referrer_reason is not null or is_referrer_spam
