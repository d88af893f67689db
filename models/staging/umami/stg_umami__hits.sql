{{ config(materialized='ephemeral') }}

-- One row per event of Umami's table website_event that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('umami', [
        'event_id', 'website_id', 'session_id', 'visit_id', 'distinct_id', 'created_at',
        'event_type', 'event_name', 'hostname', 'url_path', 'url_query', 'page_title',
        'referrer_domain', 'referrer_path', 'referrer_query', 'utm_source', 'utm_medium',
        'utm_campaign', 'utm_term', 'utm_content', 'country', 'language',
        'device', 'browser', 'os',
    ]) }}
),

event_types as (
    select * from {{ ref('event_types') }}
    where format = 'umami'
),

-- The types 1 and 3 are page views and links; an event of the type 2 is known by its name.
events as (
    select
        *,
        {{ text_or_null('event_name') }} as known_name,
        {{ text_or_null('hostname') }} as host,
        {{ text_or_null('referrer_domain') }} as referrer_host,
        {{ utc_timestamp('created_at') }} as event_at,
        case
            when cast(event_type as string) = '2' then {{ text_or_null('event_name') }}
            else cast(event_type as string)
        end as kind
    from source
),

typed_events as (
    select
        events.*,
        coalesce(event_types.hit_type, 'custom') as hit_type
    from events
    left join event_types
        on events.kind = event_types.event_name
),

hits as (
    select
        -- origin
        'umami' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when {{ text_or_null('event_id') }} is null then 'event_id is missing'
            when event_at is null then 'created_at is no timestamp'
        end as problem,

        -- ids; what Umami calls a session is a visitor, and a visit is a session
        coalesce({{ text_or_null('event_id') }}, md5({{ row_text(['file_path', 'file_row']) }}))
            as hit_id,
        {{ text_or_null('website_id') }} as site_id,
        {{ text_or_null('session_id') }} as visitor_id,
        {{ text_or_null('distinct_id') }} as user_id,
        {{ text_or_null('visit_id') }} as source_session_id,

        -- text
        hit_type,
        case when hit_type != 'page_view' then known_name end as hit_name,
        case when host is not null then 'https://' || host else '' end
        || {{ text_or_null('url_path') }}
        || coalesce('?' || {{ text_or_null('url_query') }}, '') as page_url,
        {{ text_or_null('page_title') }} as page_title,
        'https://' || referrer_host || coalesce({{ text_or_null('referrer_path') }}, '/')
        || coalesce('?' || {{ text_or_null('referrer_query') }}, '') as referrer_url,
        cast(null as string) as user_agent,
        cast(null as string) as ip,
        {{ text_or_null('device') }} as device_type,
        {{ text_or_null('browser') }} as browser,
        {{ text_or_null('os') }} as operating_system,
        upper({{ text_or_null('country') }}) as country_code,
        {{ text_or_null('language') }} as language,
        {{ text_or_null('utm_source') }} as utm_source,
        {{ text_or_null('utm_medium') }} as utm_medium,
        {{ text_or_null('utm_campaign') }} as utm_campaign,
        {{ text_or_null('utm_term') }} as utm_term,
        {{ text_or_null('utm_content') }} as utm_content,

        -- numbers
        cast(null as decimal(18, 4)) as value,
        cast(null as string) as currency,
        cast(null as decimal(18, 3)) as engaged_seconds,
        cast(null as integer) as scroll_percent,

        -- timestamps, UTC
        event_at,
        cast(null as timestamp) as loaded_at
    from typed_events
)

select * from hits
