{{ config(materialized='ephemeral') }}

-- One row per event of the PostHog export that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('posthog', [
        'uuid', 'event', 'properties', 'distinct_id', 'timestamp', 'created_at',
        'inserted_at', 'bq_ingested_timestamp',
    ], ['events']) }}
),

event_types as (
    select * from {{ ref('event_types') }}
    where format = 'posthog'
),

events as (
    select
        *,
        {{ text_or_null('event') }} as known_name,
        {{ utc_timestamp('timestamp') }} as event_at,
        {{ json_text('properties', '"$device_id"') }} as device_id,
        {{ json_text('properties', '"$user_id"') }} as known_user_id,
        {{ json_text('properties', '"$is_identified"') }} = 'true' as is_identified,
        {{ json_text('properties', '"$referrer"') }} as referrer,
        {{ json_text('properties', '"$prev_pageview_duration"') }} as view_seconds,
        {{ json_text('properties', '"$prev_pageview_max_scroll_percentage"') }} as share_seen
    from source
),

typed_events as (
    select
        events.*,
        coalesce(event_types.hit_type, 'custom') as hit_type
    from events
    left join event_types
        on events.known_name = event_types.event_name
),

hits as (
    select
        -- origin
        'posthog' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when {{ text_or_null('uuid') }} is null then 'uuid is missing'
            when event_at is null then 'timestamp is no timestamp'
        end as problem,

        -- A uuid alone is not unique: clients make them, and some make the same twice.
        md5({{ row_text(['uuid', 'known_name', 'event_at', 'distinct_id', 'raw_row']) }})
            as hit_id,
        cast(null as string) as site_id,
        coalesce(device_id, {{ text_or_null('distinct_id') }}) as visitor_id,
        coalesce(known_user_id, case when is_identified then {{ text_or_null('distinct_id') }} end)
            as user_id,
        {{ json_text('properties', '"$session_id"') }} as source_session_id,

        -- text
        hit_type,
        case when hit_type = 'custom' then known_name end as hit_name,
        {{ json_text('properties', '"$current_url"') }} as page_url,
        {{ json_text('properties', 'title') }} as page_title,
        nullif(referrer, '$direct') as referrer_url,
        {{ json_text('properties', '"$raw_user_agent"') }} as user_agent,
        {{ json_text('properties', '"$ip"') }} as ip,
        {{ json_text('properties', '"$device_type"') }} as device_type,
        {{ json_text('properties', '"$browser"') }} as browser,
        {{ json_text('properties', '"$os"') }} as operating_system,
        upper({{ json_text('properties', '"$geoip_country_code"') }}) as country_code,
        {{ json_text('properties', '"$browser_language"') }} as language,
        {{ json_text('properties', 'utm_source') }} as utm_source,
        {{ json_text('properties', 'utm_medium') }} as utm_medium,
        {{ json_text('properties', 'utm_campaign') }} as utm_campaign,
        {{ json_text('properties', 'utm_term') }} as utm_term,
        {{ json_text('properties', 'utm_content') }} as utm_content,

        -- numbers
        coalesce(
            {{ money(json_text('properties', 'revenue')) }},
            {{ money(json_text('properties', 'value')) }}
        ) as value,
        {{ json_text('properties', 'currency') }} as currency,
        case when hit_type = 'ping' then try_cast(view_seconds as decimal(18, 3)) end
            as engaged_seconds,
        case
            when hit_type = 'ping'
                then cast(floor(100 * try_cast(share_seen as double)) as integer)
        end as scroll_percent,

        -- timestamps, UTC
        event_at,
        coalesce(
            {{ utc_timestamp('bq_ingested_timestamp') }},
            {{ utc_timestamp('inserted_at') }},
            {{ utc_timestamp('created_at') }}
        ) as loaded_at
    from typed_events
)

select * from hits
