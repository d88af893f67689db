{{ config(materialized='ephemeral') }}

-- One row per row of the files of one's own that the run reads.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('own', var('own_columns').values()) }}
),

event_types as (
    select * from {{ ref('event_types') }}
    where format = 'own'
),

-- The setting `own_columns` says what stands for own('…'). Where a column has to be made
-- of others, write an expression of your columns instead.
renamed as (
    select
        file_path,
        file_row,
        raw_row,
        {{ own('hit_id') }} as known_hit_id,
        {{ own('site_id') }} as site_id,
        {{ own_visitor() }} as visitor_id,
        {{ own('user_id') }} as user_id,
        {{ own('source_session_id') }} as source_session_id,
        {{ own('hit_type') }} as event_type,
        {{ own('hit_name') }} as event_title,
        {{ own('page_url') }} as page_url,
        {{ own('page_title') }} as page_title,
        {{ own('referrer_url') }} as referrer_url,
        {{ own('user_agent') }} as user_agent,
        {{ own('ip') }} as ip,
        upper({{ own('country_code') }}) as country_code,
        {{ own('language') }} as language,
        {{ own('utm_source') }} as utm_source,
        {{ own('utm_medium') }} as utm_medium,
        {{ own('utm_campaign') }} as utm_campaign,
        {{ own('utm_term') }} as utm_term,
        {{ own('utm_content') }} as utm_content,
        {{ own('value') }} as amount,
        {{ own('currency') }} as currency,
        {{ own('event_at') }} as time_text,
        {{ own_time('event_at') }} as event_at,
        {{ own_time('loaded_at') }} as loaded_at
    from source
),

-- A row without an id is known by its content and by how many equal rows stand before it
-- in its file.
rows_with_content as (
    select
        *,
        {{ row_text([
            'time_text', 'visitor_id', 'site_id', 'user_id', 'event_type', 'event_title',
            'page_url', 'page_title', 'referrer_url', 'user_agent', 'country_code',
            'language', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_term',
            'utm_content', 'amount', 'currency', 'raw_row',
        ]) }} as content
    from renamed
),

typed_rows as (
    select
        rows_with_content.*,
        coalesce(event_types.hit_type, rows_with_content.event_type, 'page_view')
            as hit_type
    from rows_with_content
    left join event_types
        on rows_with_content.event_type = event_types.event_name
),

hits as (
    select
        -- origin
        'own' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when time_text is null then 'event_at is missing'
            when event_at is null then 'event_at is no timestamp'
            when amount is not null and {{ money('amount') }} is null
                then 'value is no number'
        end as problem,

        -- ids
        coalesce(known_hit_id, md5(content || '|' || cast(row_number() over (
            partition by file_path, known_hit_id, content order by file_row
        ) as string))) as hit_id,
        site_id,
        visitor_id,
        user_id,
        source_session_id,

        -- text
        hit_type,
        event_title as hit_name,
        page_url,
        page_title,
        referrer_url,
        user_agent,
        ip,
        cast(null as string) as device_type,
        cast(null as string) as browser,
        cast(null as string) as operating_system,
        country_code,
        language,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_term,
        utm_content,

        -- numbers
        {{ money('amount') }} as value,
        currency,
        cast(null as decimal(18, 3)) as engaged_seconds,
        cast(null as integer) as scroll_percent,

        -- timestamps, UTC
        event_at,
        loaded_at
    from typed_rows
)

select * from hits
