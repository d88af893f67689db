{{ config(materialized='ephemeral') }}

-- One row per line of the load balancer's logs that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_load_balancer_logs() }}
),

static_files as (
    select * from {{ ref('static_files') }}
),

-- A trace id can come from the client, so a line is known by its text and by how many
-- equal lines stand before it in its file.
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
        split_part(request, ' ', 1) as method,
        nullif(regexp_extract(request, '^\S+ [a-z]+://([^/ ]+?)(?::(?:80|443))?/\S* ', 1), '')
            as host,
        nullif(regexp_replace(
            regexp_extract(request, '^\S+ ([a-z]+://[^/ ]+/\S*) ', 1), ':(?:80|443)/', '/'
        ), '') as page_url,
        nullif(regexp_extract(request, '^\S+ [a-z]+://[^/ ]+(/\S*) ', 1), '') as path,
        nullif(nullif(agent, ''), '-') as user_agent,
        coalesce({{ utc_timestamp("nullif(asked_at, '')") }}, {{ utc_timestamp('answered_at') }})
            as event_at
    from lines
),

classified_requests as (
    select
        requests.*,
        {{ request_type('requests.method', 'requests.status', 'static_files.extension') }}
            as hit_type
    from requests
    left join static_files
        on {{ url_extension('requests.path') }} = static_files.extension
),

hits as (
    select
        -- origin
        'load_balancer' as format,
        file_path,
        file_row,
        case when event_at is null or path is null then line end as raw_row,
        case
            when request is null then 'line is of no Application Load Balancer'
            when path is null then 'request is not METHOD URL'
            when event_at is null then 'event_at is no timestamp'
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
        page_url,
        cast(null as string) as page_title,
        cast(null as string) as referrer_url,
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
