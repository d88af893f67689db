{{
    config(
        materialized='incremental',
        replace_by=['file_id', 'hit_id'],
        bounded_by='file_id',
        partition_by='batch_id',
        keeps_replaced=true,
        meta={
            'ignore_code_changes': true,
            'rules_version': "'sample'" if reads_sample() else "'own hits'"
        },
        pre_hook="{{ forget_more() }}",
        post_hook="{{ refuse_to_lose_hits() }}"
    )
}}

-- One row per raw row: a delivery of a hit, or a row that is none.

with

raw_rows as (
    select * from {{ ref('stg_plain__hits') }}
    {{ union_with_other_formats() }}
),

files as (
    select * from {{ ref('int_files') }}
),

placeholder_ids as (
    select * from {{ ref('placeholder_ids') }}
),

deliveries as (
    select
        -- ids
        files.reading_id * 4294967296 + raw_rows.file_row as delivery_id,
        raw_rows.hit_id,
        {{ hash_key('raw_rows.hit_id') }} as hit_key,
        raw_rows.site_id,
        raw_rows.visitor_id,
        raw_rows.user_id,
        raw_rows.source_session_id,

        -- origin
        raw_rows.format,
        files.file_id,
        raw_rows.file_row,
        {{ scrubbed('raw_rows.raw_row') }} as raw_row,
        case
            when raw_rows.problem is not null then raw_rows.problem
            when raw_rows.visitor_id is null then 'visitor_id is missing'
            when placeholder_ids.placeholder_id is not null
                then 'visitor_id is a placeholder'
        end as rejection_reason,

        -- text
        raw_rows.hit_type,
        {{ scrubbed('raw_rows.hit_name') }} as hit_name,
        {{ scrubbed('raw_rows.page_url') }} as page_url,
        {{ scrubbed('raw_rows.page_title') }} as page_title,
        {{ scrubbed('raw_rows.referrer_url') }} as referrer_url,
        coalesce(raw_rows.user_agent, {{ described_device(
            'raw_rows.format', 'raw_rows.device_type', 'raw_rows.browser',
            'raw_rows.operating_system'
        ) }}) as user_agent,
        {{ kept_address('raw_rows.ip') }} as ip_range,
        {{ known_country('raw_rows.country_code', 'raw_rows.ip') }} as country_code,
        raw_rows.language,
        {{ scrubbed('raw_rows.utm_source') }} as utm_source,
        {{ scrubbed('raw_rows.utm_medium') }} as utm_medium,
        {{ scrubbed('raw_rows.utm_campaign') }} as utm_campaign,
        {{ scrubbed('raw_rows.utm_term') }} as utm_term,
        {{ scrubbed('raw_rows.utm_content') }} as utm_content,

        -- numbers
        raw_rows.value,
        raw_rows.currency,
        raw_rows.engaged_seconds,
        raw_rows.scroll_percent,

        -- timestamps, UTC
        raw_rows.event_at,
        raw_rows.loaded_at,

        -- bookkeeping
        cast({{ this_batch() }} as bigint) as batch_id
    from raw_rows
    inner join files
        on raw_rows.file_path = files.file_path
    left join placeholder_ids
        on lower(raw_rows.visitor_id) = placeholder_ids.placeholder_id
)

select * from deliveries
