{{ config(materialized='ephemeral') }}

-- One row per request in the Cloudflare logs that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('cloudflare', [
        'RayID', 'ParentRayID', 'WorkerSubrequest', 'EdgeStartTimestamp', 'ClientIP',
        'ClientCountry', 'ClientRequestMethod', 'ClientRequestScheme',
        'ClientRequestHost', 'ClientRequestURI', 'ClientRequestPath',
        'ClientRequestReferer', 'ClientRequestUserAgent', 'EdgeResponseStatus',
        'EdgeResponseContentType',
    ]) }}
),

static_files as (
    select * from {{ ref('static_files') }}
),

requests as (
    select
        *,
        nullif(cast(rayid as string), '') as request_id,
        nullif(cast(clientip as string), '') as address,
        nullif(cast(clientrequesthost as string), '') as host,
        coalesce(nullif(cast(clientrequestscheme as string), ''), 'https') as scheme,
        nullif(cast(clientrequestmethod as string), '') as method,
        cast(edgeresponsestatus as string) as status,
        coalesce(
            nullif(cast(clientrequesturi as string), ''),
            nullif(cast(clientrequestpath as string), '')
        ) as path,
        nullif(cast(clientrequestuseragent as string), '') as user_agent,
        nullif(cast(edgeresponsecontenttype as string), '') as content_type,
        lower(cast(workersubrequest as string)) = 'true'
        or coalesce(cast(parentrayid as string), '00') not in ('00', '0', '')
            as is_subrequest,
        coalesce(
            {{ unix_timestamp('edgestarttimestamp') }},
            {{ utc_timestamp('edgestarttimestamp') }}
        ) as event_at
    from source
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
        'cloudflare' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when is_subrequest then 'request of a Worker, not of a visitor'
            when path is null then 'ClientRequestURI is missing'
            when address is null then 'ClientIP is missing'
            when event_at is null then 'EdgeStartTimestamp is no timestamp'
        end as problem,

        -- ids
        coalesce(request_id, md5({{ row_text(['file_path', 'file_row', 'raw_row']) }})) as hit_id,
        cast(null as string) as site_id,
        {{ request_visitor('host', 'address', 'user_agent') }} as visitor_id,
        cast(null as string) as user_id,
        cast(null as string) as source_session_id,

        -- text
        hit_type,
        method || ' ' || status as hit_name,
        case when host is null then path else scheme || '://' || host || path end
            as page_url,
        cast(null as string) as page_title,
        nullif(cast(clientrequestreferer as string), '') as referrer_url,
        user_agent,
        address as ip,
        cast(null as string) as device_type,
        cast(null as string) as browser,
        cast(null as string) as operating_system,
        nullif(nullif(upper(cast(clientcountry as string)), 'XX'), 'T1') as country_code,
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
