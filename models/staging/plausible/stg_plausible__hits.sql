{{ config(materialized='ephemeral') }}

-- One row per event of Plausible's table events_v2 that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('plausible', [
        'timestamp', 'name', 'site_id', 'user_id', 'session_id', 'hostname', 'pathname',
        'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content',
        'country_code', 'scroll_depth', 'engagement_time', 'revenue_source_amount',
        'revenue_source_currency', 'screen_size', 'browser', 'operating_system',
    ]) }}
),

event_types as (
    select * from {{ ref('event_types') }}
    where format = 'plausible'
),

events as (
    select
        *,
        {{ text_or_null('name') }} as known_name,
        {{ text_or_null('hostname') }} as host,
        {{ utc_timestamp('timestamp') }} as event_at,
        {{ row_text([
            'timestamp', 'name', 'site_id', 'user_id', 'session_id', 'hostname', 'pathname',
            'referrer', 'scroll_depth', 'engagement_time', 'raw_row',
        ]) }} as content
    from source
),

-- Plausible has no event ids: an event is known by its content and by how many equal ones
-- stand before it in its file.
typed_events as (
    select
        events.*,
        coalesce(event_types.hit_type, 'custom') as hit_type,
        md5(events.content || '|' || cast(row_number() over (
            partition by events.file_path, events.content order by events.file_row
        ) as string)) as hit_id
    from events
    left join event_types
        on events.known_name = event_types.event_name
),

hits as (
    select
        -- origin
        'plausible' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when event_at is null then 'timestamp is no timestamp'
        end as problem,

        -- ids
        hit_id,
        {{ text_or_null('site_id') }} as site_id,
        {{ text_or_null('user_id') }} as visitor_id,
        cast(null as string) as user_id,
        {{ text_or_null('session_id') }} as source_session_id,

        -- text
        hit_type,
        case when hit_type not in ('page_view', 'ping') then known_name end as hit_name,
        case when host is not null then 'https://' || host else '' end
        || {{ text_or_null('pathname') }} as page_url,
        cast(null as string) as page_title,
        case
            when {{ matches('referrer', quoted('^[a-z][a-z0-9+.-]*:')) }}
                then {{ text_or_null('referrer') }}
            else 'https://' || {{ text_or_null('referrer') }}
        end as referrer_url,
        cast(null as string) as user_agent,
        cast(null as string) as ip,
        {{ text_or_null('screen_size') }} as device_type,
        {{ text_or_null('browser') }} as browser,
        {{ text_or_null('operating_system') }} as operating_system,
        upper(nullif(trim(cast(country_code as string), ' ' || chr(0)), '')) as country_code,
        cast(null as string) as language,
        {{ text_or_null('utm_source') }} as utm_source,
        {{ text_or_null('utm_medium') }} as utm_medium,
        {{ text_or_null('utm_campaign') }} as utm_campaign,
        {{ text_or_null('utm_term') }} as utm_term,
        {{ text_or_null('utm_content') }} as utm_content,

        -- numbers
        {{ money('revenue_source_amount') }} as value,
        {{ text_or_null('revenue_source_currency') }} as currency,
        cast(nullif(try_cast(engagement_time as bigint), 0) * 0.001 as decimal(18, 3))
            as engaged_seconds,
        nullif(try_cast(scroll_depth as integer), 255) as scroll_percent,

        -- timestamps, UTC
        event_at,
        cast(null as timestamp) as loaded_at
    from typed_events
)

select * from hits
