{{ config(materialized='ephemeral') }}

-- One row per Snowplow event that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('snowplow', [
        'app_id', 'event_id', 'event', 'event_name', 'true_tstamp', 'derived_tstamp',
        'collector_tstamp', 'dvce_created_tstamp', 'dvce_sent_tstamp', 'etl_tstamp',
        'load_tstamp', 'domain_userid', 'network_userid', 'domain_sessionid', 'user_id',
        'page_url', 'page_title', 'page_referrer', 'useragent', 'user_ipaddress',
        'geo_country', 'br_lang',
        'mkt_source', 'mkt_medium', 'mkt_campaign', 'mkt_term', 'mkt_content',
        'se_action', 'tr_total', 'tr_currency', 'pp_yoffset_max', 'br_viewheight',
        'doc_height', 'contexts', 'dvce_type', 'br_family', 'os_family',
        'contexts_com_snowplowanalytics_snowplow_client_session_1',
    ]) }}
),

event_types as (
    select * from {{ ref('event_types') }}
    where format = 'snowplow'
),

-- `derived_tstamp` is the collector's time less the time that the event lay on the device;
-- where the pipeline did not work it out, it is worked out here.
timed_events as (
    select
        *,
        coalesce({{ text_or_null('event_name') }}, {{ text_or_null('event') }}) as known_name,
        coalesce({{ text_or_null('true_tstamp') }}, {{ text_or_null('derived_tstamp') }})
            as known_time,
        coalesce(
            {{ snowplow_timestamp('true_tstamp') }},
            {{ snowplow_timestamp('derived_tstamp') }}
        ) as known_at,
        {{ snowplow_timestamp('collector_tstamp') }} as collected_at,
        {{ snowplow_timestamp('dvce_created_tstamp') }} as created_at,
        {{ snowplow_timestamp('dvce_sent_tstamp') }} as sent_at
    from source
),

-- Apps have no cookie: their id is in the context `client_session`.
identified_events as (
    select
        *,
        case
            when known_time is not null then known_at
            else coalesce(collected_at - (sent_at - created_at), collected_at, created_at)
        end as event_at,
        coalesce(
            {{ text_or_null('domain_userid') }},
            {{ client_session_value('user') }},
            {{ text_or_null('network_userid') }}
        ) as visitor_id,
        coalesce({{ text_or_null('domain_sessionid') }}, {{ client_session_value('session') }})
            as source_session_id,
        {{ row_text([
            'event_id', 'known_name', 'true_tstamp', 'derived_tstamp', 'collector_tstamp',
            'domain_userid', 'network_userid', 'page_url', 'raw_row',
        ]) }} as content
    from timed_events
),

typed_events as (
    select
        identified_events.*,
        coalesce(event_types.hit_type, 'custom') as hit_type
    from identified_events
    left join event_types
        on identified_events.known_name = event_types.event_name
),

hits as (
    select
        -- origin
        'snowplow' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when event_at is null and known_time is not null
                then 'derived_tstamp is no timestamp'
            when event_at is null then 'derived_tstamp is missing'
            when {{ text_or_null('tr_total') }} is not null and {{ money('tr_total') }} is null
                then 'tr_total is no number'
        end as problem,

        -- ids
        coalesce({{ text_or_null('event_id') }}, md5(content || '|' || cast(row_number() over (
            partition by file_path, content order by file_row
        ) as string))) as hit_id,
        {{ text_or_null('app_id') }} as site_id,
        visitor_id,
        {{ text_or_null('user_id') }} as user_id,
        source_session_id,

        -- text
        hit_type,
        case
            when hit_type in ('page_view', 'ping') then null
            when known_name in ('event', 'struct') then {{ text_or_null('se_action') }}
            else known_name
        end as hit_name,
        {{ text_or_null('page_url') }} as page_url,
        {{ text_or_null('page_title') }} as page_title,
        {{ text_or_null('page_referrer') }} as referrer_url,
        {{ text_or_null('useragent') }} as user_agent,
        {{ text_or_null('user_ipaddress') }} as ip,
        {{ text_or_null('dvce_type') }} as device_type,
        {{ text_or_null('br_family') }} as browser,
        {{ text_or_null('os_family') }} as operating_system,
        upper({{ text_or_null('geo_country') }}) as country_code,
        {{ text_or_null('br_lang') }} as language,
        {{ text_or_null('mkt_source') }} as utm_source,
        {{ text_or_null('mkt_medium') }} as utm_medium,
        {{ text_or_null('mkt_campaign') }} as utm_campaign,
        {{ text_or_null('mkt_term') }} as utm_term,
        {{ text_or_null('mkt_content') }} as utm_content,

        -- numbers
        {{ money('tr_total') }} as value,
        {{ text_or_null('tr_currency') }} as currency,
        case when known_name = 'page_ping' then cast(10 as decimal(18, 3)) end as engaged_seconds,
        {{ seen_percent('pp_yoffset_max', 'br_viewheight', 'doc_height') }} as scroll_percent,

        -- timestamps, UTC
        event_at,
        coalesce(
            collected_at,
            {{ snowplow_timestamp('load_tstamp') }},
            {{ snowplow_timestamp('etl_tstamp') }}
        ) as loaded_at
    from typed_events
)

select * from hits
