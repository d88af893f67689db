{{ config(materialized='ephemeral') }}

-- One row per event of the GA4 export that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('ga4', [
        'event_date', 'event_timestamp', 'event_name', 'event_params', 'user_id',
        'user_pseudo_id', 'stream_id', 'privacy_info', 'device', 'geo', 'ecommerce',
        'collected_traffic_source', 'event_bundle_sequence_id', 'batch_page_id',
        'batch_ordering_id', 'batch_event_index',
    ]) }}
),

event_types as (
    select * from {{ ref('event_types') }}
    where format = 'ga4'
),

countries as (
    select * from {{ ref('source_codes') }}
    where format = 'ga4' and attribute = 'country'
),

events as (
    select
        *,
        {{ text_or_null('event_name') }} as known_name,
        json_extract_string(cast(event_params as string), '$[*].key') as param_keys,
        json_extract(cast(event_params as string), '$[*].value') as param_values
    from source
),

events_with_params as (
    select
        *,
        {{ ga4_param('ga_session_id') }} as session_number,
        {{ ga4_param('page_location') }} as page_url,
        {{ ga4_param('page_title') }} as page_title,
        {{ ga4_param('page_referrer') }} as referrer_url,
        coalesce(
            {{ json_text('collected_traffic_source', 'gclid') }}, {{ ga4_param('gclid') }}
        ) as gclid,
        {{ ga4_tag('coalesce(' ~ json_text('collected_traffic_source', 'manual_source')
            ~ ', ' ~ ga4_param('source') ~ ')') }} as tagged_source,
        {{ ga4_tag('coalesce(' ~ json_text('collected_traffic_source', 'manual_medium')
            ~ ', ' ~ ga4_param('medium') ~ ')') }} as tagged_medium,
        {{ ga4_tag('coalesce(' ~ json_text('collected_traffic_source', 'manual_campaign_name')
            ~ ', ' ~ ga4_param('campaign') ~ ')') }} as tagged_campaign,
        {{ ga4_tag('coalesce(' ~ json_text('collected_traffic_source', 'manual_term')
            ~ ', ' ~ ga4_param('term') ~ ')') }} as tagged_term,
        {{ ga4_tag('coalesce(' ~ json_text('collected_traffic_source', 'manual_content')
            ~ ', ' ~ ga4_param('content') ~ ')') }} as tagged_content,
        coalesce(
            {{ ga4_param('search_term') }}, {{ ga4_param('file_name') }},
            {{ ga4_param('link_url') }}, {{ ga4_param('form_id') }}
        ) as subject,
        coalesce(
            {{ json_text('ecommerce', 'purchase_revenue') }}, {{ ga4_param('value') }}
        ) as amount,
        {{ ga4_param('currency') }} as currency,
        {{ ga4_param('engagement_time_msec') }} as engaged_milliseconds,
        {{ ga4_param('percent_scrolled') }} as percent_scrolled,
        {{ unix_timestamp('event_timestamp') }} as event_at
    from events
),

-- GA4 has no event ids. Events of a batch bear one time; the export says their order, so
-- it stands at the start of the id, by which hits of one time are ordered.
typed_events as (
    select
        events_with_params.*,
        coalesce(event_types.hit_type, 'custom') as hit_type,
        countries.value as country_code,
        concat_ws(
            '-',
            {{ sortable('batch_page_id', 16) }},
            {{ sortable('batch_ordering_id', 6) }},
            {{ sortable('batch_event_index', 6) }},
            {{ sortable('event_bundle_sequence_id', 12) }},
            md5({{ row_text([
                'user_pseudo_id', 'stream_id', 'session_number', 'known_name',
                'event_timestamp', 'page_url', 'subject', 'raw_row',
            ]) }})
        ) as hit_id
    from events_with_params
    left join event_types
        on events_with_params.known_name = event_types.event_name
    left join countries
        on {{ json_text('events_with_params.geo', 'country') }} = countries.code
),

hits as (
    select
        -- origin
        'ga4' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when event_at is null then 'event_timestamp is no time'
            when
                {{ text_or_null('user_pseudo_id') }} is null
                and {{ json_text('privacy_info', 'analytics_storage') }} = 'No'
                then 'consent was denied, so the visitor is not known'
        end as problem,

        -- ids
        hit_id,
        {{ text_or_null('stream_id') }} as site_id,
        {{ text_or_null('user_pseudo_id') }} as visitor_id,
        {{ text_or_null('user_id') }} as user_id,
        {{ text_or_null('user_pseudo_id') }} || '.' || session_number as source_session_id,

        -- text
        hit_type,
        case
            when hit_type in ('page_view', 'ping', 'scroll') then null
            when hit_type = 'custom' then known_name
            else coalesce(subject, known_name)
        end as hit_name,
        page_url,
        page_title,
        referrer_url,
        cast(null as string) as user_agent,
        cast(null as string) as ip,
        {{ json_text('device', 'category') }} as device_type,
        coalesce(
            {{ json_text('device', 'web_info.browser') }}, {{ json_text('device', 'browser') }}
        ) as browser,
        {{ json_text('device', 'operating_system') }} as operating_system,
        country_code,
        {{ json_text('device', 'language') }} as language,

        -- GA4 takes some clicks on its own advertisements for organic.
        case when gclid is not null then 'google' else tagged_source end as utm_source,
        case
            when gclid is not null and coalesce(tagged_medium, 'organic') = 'organic' then 'cpc'
            else tagged_medium
        end as utm_medium,
        tagged_campaign as utm_campaign,
        tagged_term as utm_term,
        tagged_content as utm_content,

        -- numbers
        {{ money('amount') }} as value,
        currency,
        cast(try_cast(engaged_milliseconds as bigint) * 0.001 as decimal(18, 3))
            as engaged_seconds,
        try_cast(percent_scrolled as integer) as scroll_percent,

        -- timestamps, UTC
        event_at,
        {{ ga4_load_time() }} as loaded_at
    from typed_events
)

select * from hits
