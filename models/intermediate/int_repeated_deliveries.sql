{{
    config(
        materialized='incremental',
        replace_by=['delivery_id'],
        skip_unchanged=true
    )
}}

{% set holds_repeats = files_with_repeats('deliveries.file_id') %}

-- One row per delivery of a hit that was delivered more than once, but for the
-- deliveries that have always counted.
-- depends_on: {{ ref('scrub_rules') }}

with

new_keys as (
    select hit_key from {{ ref('int_hit_deliveries') }}
    where rejection_reason is null and batch_id > {{ batch_seen() }}
),

-- Looked for in all of history by a hash, not in the batch's own range of dates: a
-- repeated hit may bear another time than the first delivery did.
repeated_keys as (
    select hit_key from new_keys
    group by 1
    having count(*) > 1

    union

    select deliveries.hit_key
    from {{ ref('int_hit_deliveries') }} as deliveries
    inner join new_keys
        on deliveries.hit_key = new_keys.hit_key
    where
        deliveries.rejection_reason is null
        and deliveries.batch_id <= {{ batch_seen() }}
        and {{ holds_repeats }}

    union

    -- Of hits that may count once again, since the copy that won is gone.
    select hit_key from {{ replaced(ref('int_hit_deliveries')) }}
    where replaced_batch_id > {{ batch_seen() }}
),

repeated_deliveries as (
    select
        deliveries.*,
        coalesce(deliveries.loaded_at, files.modified_at) as arrived_at,
        {{ row_text([
            'deliveries.event_at', 'deliveries.visitor_id', 'deliveries.user_id',
            'deliveries.site_id', 'deliveries.hit_type', 'deliveries.hit_name',
            'deliveries.page_url', 'deliveries.page_title', 'deliveries.referrer_url',
            'deliveries.user_agent', 'deliveries.country_code', 'deliveries.language',
            'deliveries.utm_source', 'deliveries.utm_medium',
            'deliveries.utm_campaign', 'deliveries.utm_term',
            'deliveries.utm_content', 'deliveries.value', 'deliveries.currency',
            'deliveries.source_session_id', 'deliveries.engaged_seconds',
            'deliveries.scroll_percent',
        ]) }} as content
    from {{ ref('int_hit_deliveries') }} as deliveries
    inner join repeated_keys
        on deliveries.hit_key = repeated_keys.hit_key
    inner join {{ ref('int_files') }} as files
        on deliveries.file_id = files.file_id
    where
        deliveries.rejection_reason is null
        and {{ holds_repeats }}
),

-- The copy that arrived first wins, then the one whose content sorts first: the
-- same one whatever the batches.
ranked_deliveries as (
    select
        *,
        row_number() over (
            partition by format, hit_id order by arrived_at, content, delivery_id
        ) as copy_number,
        first_value(content) over (
            partition by format, hit_id order by arrived_at, content, delivery_id
        ) as counted_content
    from repeated_deliveries
),

judged_deliveries as (
    select
        ranked_deliveries.delivery_id,
        ranked_deliveries.hit_id,
        ranked_deliveries.hit_key,
        ranked_deliveries.file_id,
        ranked_deliveries.visitor_id,
        ranked_deliveries.event_at,
        ranked_deliveries.copy_number = 1 as is_counted,
        ranked_deliveries.content != ranked_deliveries.counted_content as is_different,
        ranked_deliveries.batch_id as delivered_batch_id,
        cast({{ this_batch() }} as bigint) as batch_id
    from ranked_deliveries
    left join {{ stored() }} as stored
        on ranked_deliveries.delivery_id = stored.delivery_id
    where ranked_deliveries.copy_number > 1 or stored.delivery_id is not null
)

select * from judged_deliveries
