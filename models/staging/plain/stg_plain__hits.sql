-- One row per row of the plain files that the run reads.
-- depends_on: {{ ref('int_files') }}

with

text_rows as (
    {{ read_plain_text() }}
),

source as {{ read_where_used() }} (
    {{ read_plain_hits('text_rows') }}
),

identified as (
    select
        *,
        cast(null as string) as content,
        cast(hit_id as string) as known_hit_id
    from source
    where coalesce(cast(hit_id as string), '') != ''
),

unidentified as (
    select
        *,
        {{ row_text([
            'visitor_id', 'event_at', 'site_id', 'user_id', 'hit_type', 'hit_name',
            'page_url', 'page_title', 'referrer_url', 'user_agent', 'ip',
            'country_code', 'language', 'utm_source', 'utm_medium', 'utm_campaign',
            'utm_term', 'utm_content', 'value', 'currency', 'raw_row',
        ]) }} as content
    from source
    where coalesce(cast(hit_id as string), '') = ''
),

-- A row without an id is known by its content and by how many equal rows stand
-- before it in its file: equal rows all count, a file read twice counts once.
identified_by_content as (
    select
        *,
        md5(content || '|' || cast(row_number() over (
            partition by file_path, content order by file_row
        ) as string)) as known_hit_id
    from unidentified
),

rows_with_id as (
    select * from identified
    union all
    select * from identified_by_content
),

typed_rows as (
    select
        *,
        {{ utc_timestamp('event_at') }} as happened_at,
        {{ utc_timestamp('loaded_at') }} as arrived_at,
        {{ money('value') }} as amount
    from rows_with_id
),

hits as (
    select
        -- origin
        'plain' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when happened_at is null and nullif(cast(event_at as string), '') is null
                then 'event_at is missing'
            when happened_at is null then 'event_at is no timestamp'
            when amount is null and nullif(cast(value as string), '') is not null
                then 'value is no number'
        end as problem,

        -- ids
        known_hit_id as hit_id,
        nullif(cast(site_id as string), '') as site_id,
        nullif(trim(cast(visitor_id as string)), '') as visitor_id,
        nullif(trim(cast(user_id as string)), '') as user_id,
        nullif(cast(source_session_id as string), '') as source_session_id,

        -- text
        coalesce(nullif(cast(hit_type as string), ''), 'page_view') as hit_type,
        nullif(cast(hit_name as string), '') as hit_name,
        nullif(cast(page_url as string), '') as page_url,
        nullif(cast(page_title as string), '') as page_title,
        nullif(cast(referrer_url as string), '') as referrer_url,
        nullif(cast(user_agent as string), '') as user_agent,
        nullif(trim(cast(ip as string)), '') as ip,
        cast(null as string) as device_type,
        cast(null as string) as browser,
        cast(null as string) as operating_system,
        nullif(upper(cast(country_code as string)), '') as country_code,
        nullif(cast(language as string), '') as language,
        nullif(cast(utm_source as string), '') as utm_source,
        nullif(cast(utm_medium as string), '') as utm_medium,
        nullif(cast(utm_campaign as string), '') as utm_campaign,
        nullif(cast(utm_term as string), '') as utm_term,
        nullif(cast(utm_content as string), '') as utm_content,

        -- numbers
        amount as value,
        nullif(cast(currency as string), '') as currency,
        cast(null as decimal(18, 3)) as engaged_seconds,
        cast(null as integer) as scroll_percent,

        -- timestamps, UTC
        happened_at as event_at,
        arrived_at as loaded_at
    from typed_rows
)

select * from hits
