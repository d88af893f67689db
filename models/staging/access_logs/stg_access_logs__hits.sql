{{ config(materialized='ephemeral') }}

-- One row per line of the access logs that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_access_logs() }}
),

static_files as (
    select * from {{ ref('static_files') }}
),

-- A log line has no id: it is known by its text and by how many equal lines stand
-- before it in its file.
lines as (
    select
        *,
        md5(line || '|' || cast(row_number() over (
            partition by file_path, line order by file_row
        ) as string)) as hit_id
    from source
),

requests as (
    select
        *,
        case when {{ is_private_address('address') }} then {{ forwarded_address('front') }} end
            as address_in_front,
        case when {{ is_private_address('address') }} then {{ forwarded_address('additions') }} end
            as added_address,
        split_part(request, ' ', 1) as method,
        nullif(regexp_extract(request, '^\S+ *(.*?) *(?:HTTP/[\d.]+)?$', 1), '') as path,
        nullif(nullif(user_name, ''), '-') as user_id,
        nullif(nullif(referrer, ''), '-') as referrer_url,
        nullif(nullif(agent, ''), '-') as user_agent,
        {{ log_timestamp('logged_at') }} as event_at
    from lines
),

-- Behind a proxy, the client is who the proxy says. Anybody may write into that field,
-- so it counts only there.
requests_with_client as (
    select
        *,
        coalesce(
            {{ public_address('address_in_front') }},
            {{ public_address('added_address') }},
            split_part(address, ',', 1)
        ) as client_address,
        case
            when {{ public_address('address_in_front') }} is null
                then nullif(nullif(front, ''), '-')
        end as host,
        {{ url_extension('path') }} as extension,
        {{ matches('additions', quoted('"(?:prefetch|prerender|preview)[^"]*"')) }}
            as is_prefetch
    from requests
),

classified_requests as (
    select
        requests_with_client.*,
        {{ request_type(
            'method', 'status', 'static_files.extension', is_prefetch='is_prefetch'
        ) }} as hit_type
    from requests_with_client
    left join static_files
        on requests_with_client.extension = static_files.extension
),

hits as (
    select
        -- origin
        'access_logs' as format,
        file_path,
        file_row,
        case when event_at is null or path is null then line end as raw_row,
        case
            when request is null then 'line is no access log line'
            when path is null then 'request is not METHOD PATH'
            when event_at is null then 'event_at is no timestamp'
        end as problem,

        -- ids
        hit_id,
        cast(null as string) as site_id,
        {{ request_visitor('host', 'client_address', 'agent') }} as visitor_id,
        user_id,
        cast(null as string) as source_session_id,

        -- text
        hit_type,
        method || ' ' || status as hit_name,
        case
            when host is null or {{ matches('path', quoted('^https?://')) }} then path
            else 'https://' || host || path
        end as page_url,
        cast(null as string) as page_title,
        referrer_url,
        user_agent,
        client_address as ip,
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
