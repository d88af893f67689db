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
        ) as varchar)) as hit_id
    from source
),

requests as (
    select
        *,
        nullif(nullif(virtual_host, ''), '-') as host,
        split_part(request, ' ', 1) as method,
        nullif(split_part(request, ' ', 2), '') as path,
        nullif(nullif(user_name, ''), '-') as user_id,
        nullif(nullif(referrer, ''), '-') as referrer_url,
        nullif(nullif(agent, ''), '-') as user_agent,
        {{ log_timestamp('logged_at') }} as event_at
    from lines
),

requests_with_extension as (
    select
        *,
        method = 'GET' and (status like '2%' or status = '304') as is_successful,
        {{ url_extension('path') }} as extension
    from requests
),

classified_requests as (
    select
        requests_with_extension.*,
        case
            when not coalesce(requests_with_extension.is_successful, false)
                then 'request'
            when static_files.extension is not null then 'request'
            else 'page_view'
        end as hit_type
    from requests_with_extension
    left join static_files
        on requests_with_extension.extension = static_files.extension
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
        cast(null as varchar) as site_id,
        md5(concat_ws('|', coalesce(host, ''), address, coalesce(agent, '')))
            as visitor_id,
        user_id,

        -- text
        hit_type,
        method || ' ' || status as hit_name,
        case when host is null then path else 'https://' || host || path end
            as page_url,
        cast(null as varchar) as page_title,
        referrer_url,
        user_agent,
        cast(null as varchar) as country_code,
        cast(null as varchar) as language,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as utm_term,
        cast(null as varchar) as utm_content,

        -- numbers
        cast(null as decimal(18, 4)) as value,
        cast(null as varchar) as currency,

        -- timestamps, UTC
        event_at,
        cast(null as timestamp) as loaded_at
    from classified_requests
)

select * from hits
