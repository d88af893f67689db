-- One row per hit: the delivery that counts, with its site. What `scrub_rules` and
-- var('keep_addresses') take out of stored deliveries, whatever is below works out anew.
-- depends_on: {{ ref('scrub_rules') }}

with

deliveries as (
    select * from {{ ref('int_hit_deliveries') }}
    where rejection_reason is null
),

repeated_deliveries as (
    select * from {{ ref('int_repeated_deliveries') }}
),

sites as (
    select * from {{ ref('sites') }}
),

site_hosts as (
    select * from {{ ref('site_hosts') }}
),

placeholder_ids as (
    select * from {{ ref('placeholder_ids') }}
),

counted_deliveries as (
    select
        deliveries.*,
        case when deliveries.site_id is null then {{ url_host('deliveries.page_url') }} end
            as site_host
    from deliveries
    left join repeated_deliveries
        on deliveries.delivery_id = repeated_deliveries.delivery_id
    where coalesce(repeated_deliveries.is_counted, true)
),

hits_with_site as (
    select
        counted_deliveries.*,
        coalesce(
            counted_deliveries.site_id,
            site_hosts.site_id,
            '{{ var("default_site_id") }}'
        ) as counted_site_id
    from counted_deliveries
    left join site_hosts
        on counted_deliveries.site_host = site_hosts.host
),

hits as (
    select
        -- ids
        hits_with_site.hit_id,
        hits_with_site.delivery_id,
        hits_with_site.file_id,
        hits_with_site.counted_site_id as site_id,
        hits_with_site.visitor_id,
        case
            when placeholder_ids.placeholder_id is null then hits_with_site.user_id
        end as user_id,
        hits_with_site.source_session_id,

        -- text
        hits_with_site.format,
        hits_with_site.hit_type,
        hits_with_site.hit_name,
        hits_with_site.page_url,
        hits_with_site.page_title,
        hits_with_site.referrer_url,
        hits_with_site.user_agent,
        hits_with_site.ip_range,
        hits_with_site.country_code,
        hits_with_site.language,
        hits_with_site.utm_source,
        hits_with_site.utm_medium,
        hits_with_site.utm_campaign,
        hits_with_site.utm_term,
        hits_with_site.utm_content,
        coalesce(sites.time_zone, '{{ var("default_time_zone") }}') as time_zone,

        -- numbers
        hits_with_site.value,
        hits_with_site.currency,
        hits_with_site.engaged_seconds,
        hits_with_site.scroll_percent,
        1000000 * cast(coalesce(
            sites.session_timeout_seconds, {{ var("session_timeout_seconds") }}
        ) as bigint) as timeout_microseconds,

        -- timestamps, UTC
        hits_with_site.event_at,

        -- bookkeeping
        hits_with_site.batch_id
    from hits_with_site
    left join sites
        on hits_with_site.counted_site_id = sites.site_id
    left join placeholder_ids
        on lower(hits_with_site.user_id) = placeholder_ids.placeholder_id
)

select * from hits
