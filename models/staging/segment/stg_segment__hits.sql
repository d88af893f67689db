{{ config(materialized='ephemeral') }}

-- One row per call in the tables of Segment or RudderStack that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('segment', [
        'id', 'type', 'event', 'event_text', 'anonymous_id', 'user_id', 'timestamp',
        'original_timestamp', 'sent_at', 'received_at', 'name', 'url', 'title',
        'referrer', 'context_page_url', 'context_page_title', 'context_page_referrer',
        'context_user_agent', 'context_ip', 'context_locale', 'context_campaign_source',
        'context_campaign_medium', 'context_campaign_name', 'context_campaign_term',
        'context_campaign_content', 'context_session_id', 'revenue', 'currency',
    ]) }}
),

event_types as (
    select * from {{ ref('event_types') }}
    where format = 'segment'
),

-- A table is named by its file or folder; besides, only calls of `track` name an event.
source_with_table as (
    select
        *,
        regexp_extract(file_path, '.*(pages|tracks|screens|identifies)', 1) as table_name
    from source
),

calls as (
    select
        *,
        coalesce({{ text_or_null('type') }}, case
            when {{ text_or_null('event') }} is not null then 'track'
            when table_name = 'screens' then 'screen'
            when table_name = 'identifies' then 'identify'
            else 'page'
        end) as call_type,
        {{ utc_timestamp('received_at') }} as arrived_at,
        {{ utc_timestamp('sent_at') }} as left_at,
        {{ utc_timestamp('original_timestamp') }} as happened_at
    from source_with_table
),

-- `timestamp` is when the call arrived less the time that it lay on the device; where it
-- is missing it is worked out here.
timed_calls as (
    select
        *,
        case call_type when 'track' then lower({{ text_or_null('event') }}) else call_type end
            as event_name,
        case
            when {{ text_or_null('timestamp') }} is not null then {{ utc_timestamp('timestamp') }}
            else coalesce(arrived_at - (left_at - happened_at), arrived_at)
        end as event_at
    from calls
),

typed_calls as (
    select
        timed_calls.*,
        coalesce(event_types.hit_type, 'custom') as hit_type
    from timed_calls
    left join event_types
        on timed_calls.event_name = event_types.event_name
),

hits as (
    select
        -- origin
        'segment' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when {{ text_or_null('id') }} is null then 'id is missing'
            when event_at is null then 'timestamp is no timestamp'
            when {{ text_or_null('revenue') }} is not null and {{ money('revenue') }} is null
                then 'revenue is no number'
        end as problem,

        -- ids
        coalesce({{ text_or_null('id') }}, md5({{ row_text(['file_path', 'file_row']) }}))
            as hit_id,
        cast(null as string) as site_id,
        {{ text_or_null('anonymous_id') }} as visitor_id,
        {{ text_or_null('user_id') }} as user_id,
        {{ text_or_null('anonymous_id') }} || '.' || {{ text_or_null('context_session_id') }}
            as source_session_id,

        -- text
        hit_type,
        case
            when call_type = 'track'
                then coalesce({{ text_or_null('event_text') }}, {{ text_or_null('event') }})
            when call_type = 'screen' then {{ text_or_null('name') }}
        end as hit_name,
        coalesce({{ text_or_null('url') }}, {{ text_or_null('context_page_url') }}) as page_url,
        coalesce({{ text_or_null('title') }}, {{ text_or_null('context_page_title') }})
            as page_title,
        coalesce({{ text_or_null('referrer') }}, {{ text_or_null('context_page_referrer') }})
            as referrer_url,
        {{ text_or_null('context_user_agent') }} as user_agent,
        {{ text_or_null('context_ip') }} as ip,
        cast(null as string) as device_type,
        cast(null as string) as browser,
        cast(null as string) as operating_system,
        cast(null as string) as country_code,
        {{ text_or_null('context_locale') }} as language,
        {{ text_or_null('context_campaign_source') }} as utm_source,
        {{ text_or_null('context_campaign_medium') }} as utm_medium,
        {{ text_or_null('context_campaign_name') }} as utm_campaign,
        {{ text_or_null('context_campaign_term') }} as utm_term,
        {{ text_or_null('context_campaign_content') }} as utm_content,

        -- numbers
        {{ money('revenue') }} as value,
        {{ text_or_null('currency') }} as currency,
        cast(null as decimal(18, 3)) as engaged_seconds,
        cast(null as integer) as scroll_percent,

        -- timestamps, UTC
        event_at,
        arrived_at as loaded_at
    from typed_calls
)

select * from hits
