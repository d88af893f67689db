{{ config(materialized='ephemeral') }}

-- One row per request in the CloudFront logs that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('cloudfront', [
        'date', 'time', 'c-ip', 'cs-method', 'cs(host)', 'cs-uri-stem', 'sc-status',
        'cs(referer)', 'cs(user-agent)', 'cs-uri-query', 'x-edge-request-id',
        'x-host-header', 'cs-protocol', 'sc-content-type',
    ]) }}
),

static_files as (
    select * from {{ ref('static_files') }}
),

-- CloudFront encodes `%` again: what was %20 in the URL stands there as %2520.
fields as (
    select
        file_path,
        file_row,
        {{ row_text([
            'date', 'time', '"c-ip"', '"cs-method"', '"cs-uri-stem"', '"sc-status"',
        ]) }} as content,
        {{ log_field('x-edge-request-id') }} as request_id,
        {{ log_field('c-ip') }} as address,
        {{ log_field('cs-method') }} as method,
        {{ log_field('sc-status') }} as status,
        coalesce({{ log_field('x-host-header') }}, {{ log_field('cs(host)') }}) as host,
        coalesce({{ log_field('cs-protocol') }}, 'https') as scheme,
        {{ decoded_once(log_field('cs-uri-stem')) }} as path,
        {{ decoded_once(log_field('cs-uri-query')) }} as query,
        {{ decoded_once(log_field('cs(referer)')) }} as referrer_url,
        {{ percent_decoded(percent_decoded(log_field('cs(user-agent)'))) }} as user_agent,
        {{ log_field('sc-content-type') }} as content_type,
        {{ utc_timestamp("date || ' ' || time") }} as event_at
    from source
    where coalesce(date, '') not like '#%'
),

-- A log from before 2012 has no request ids.
requests as (
    select
        *,
        coalesce(request_id, md5(content || '|' || cast(row_number() over (
            partition by file_path, request_id, content order by file_row
        ) as string))) as hit_id
    from fields
),

classified_requests as (
    select
        requests.*,
        {{ request_type(
            'requests.method', 'requests.status', 'static_files.extension',
            'requests.content_type'
        ) }} as hit_type
    from requests
    left join static_files
        on {{ url_extension('requests.path') }} = static_files.extension
),

hits as (
    select
        -- origin
        'cloudfront' as format,
        file_path,
        file_row,
        cast(null as string) as raw_row,
        case
            when path is null then 'cs-uri-stem is missing'
            when address is null then 'c-ip is missing'
            when event_at is null then 'date and time are no timestamp'
        end as problem,

        -- ids
        hit_id,
        cast(null as string) as site_id,
        {{ request_visitor('host', 'address', 'user_agent') }} as visitor_id,
        cast(null as string) as user_id,
        cast(null as string) as source_session_id,

        -- text
        hit_type,
        method || ' ' || status as hit_name,
        case when host is null then path else scheme || '://' || host || path end
        || coalesce('?' || query, '') as page_url,
        cast(null as string) as page_title,
        referrer_url,
        user_agent,
        address as ip,
        cast(null as string) as device_type,
        cast(null as string) as browser,
        cast(null as string) as operating_system,
        cast(null as string) as country_code,
        cast(null as string) as language,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as utm_campaign,
        cast(null as string) as utm_term,
        cast(null as string) as utm_content,

        -- numbers
        cast(null as decimal(18, 4)) as value,
        cast(null as string) as currency,
        cast(null as decimal(18, 3)) as engaged_seconds,
        cast(null as integer) as scroll_percent,

        -- timestamps, UTC
        event_at,
        cast(null as timestamp) as loaded_at
    from classified_requests
)

select * from hits
