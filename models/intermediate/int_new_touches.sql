{{ config(materialized='ephemeral') }}

-- One row per session that a run brings up to date and hit that may have brought it
-- anew; the first hit always.

with

first_days as (
    select * from {{ ref('int_session_days') }}
    where active_date = session_date and batch_id > {{ batch_seen('int_touches') }}
),

touching_hits as (
    select
        session_id,
        session_date,
        first_hit_id as hit_id,
        null as format,
        true as is_first,
        site_id,
        first_page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        active_date as touch_date,
        started_at as touched_at
    from first_days

    union all

    select
        session_days.session_id,
        session_days.session_date,
        touch_hits.hit_id,
        touch_hits.format,
        false as is_first,
        touch_hits.site_id,
        touch_hits.page_url as first_page_url,
        touch_hits.referrer_url,
        touch_hits.utm_source,
        touch_hits.utm_medium,
        touch_hits.utm_campaign,
        touch_hits.active_date as touch_date,
        touch_hits.event_at as touched_at
    from {{ ref('int_touch_hits') }} as touch_hits
    inner join {{ ref('int_session_days') }} as session_days
        on
            touch_hits.site_id = session_days.site_id
            and touch_hits.visitor_id = session_days.visitor_id
            and touch_hits.active_date = session_days.active_date
            and touch_hits.event_at between session_days.started_at and session_days.ended_at
    where
        session_days.batch_id > {{ batch_seen('int_touches') }}
        and touch_hits.hit_id != session_days.session_id
        and {{ new_active_dates('touch_hits.active_date', 'int_touches') }}
),

new_touches as (
    select
        *,
        -- What the source follows from; of a page without parameters, the host alone.
        {{ hash_key(
            "site_id, referrer_url, utm_source, utm_medium, utm_campaign,
            case
                when first_page_url like '%?%' or first_page_url like '%&%'
                    then first_page_url
            end,
            split_part(first_page_url, '/', 1),
            split_part(first_page_url, '/', 2),
            split_part(first_page_url, '/', 3)"
        ) }} as origin_key
    from touching_hits
)

select * from new_touches
