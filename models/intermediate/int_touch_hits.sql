{{
    config(
        materialized='incremental',
        replace_by=['delivery_id'],
        gone_when='site_id is null'
    )
}}

-- One row per hit that may bring somebody anew: with a campaign tag, a click id, or a
-- referrer of another host than its page's.

with

new_hits as (
    select * from {{ ref('int_hits') }}
    where batch_id > {{ batch_seen() }}

    union all

    -- Older hits that count once again.
    select hits.*
    from {{ ref('int_repeated_deliveries') }} as repeated_deliveries
    inner join {{ ref('int_hits') }} as hits
        on repeated_deliveries.delivery_id = hits.delivery_id
    where
        repeated_deliveries.is_counted
        and repeated_deliveries.batch_id > {{ batch_seen() }}
        and hits.batch_id <= {{ batch_seen() }}
),

touching_hits as (
    select * from new_hits
    where
        coalesce(utm_source, utm_medium, utm_campaign) is not null
        -- Without `coalesce`, DuckDB fails where all of the column is null.
        or (
            referrer_url is not null
            and split_part(coalesce(referrer_url, ''), '/', 3)
            != coalesce(split_part(page_url, '/', 3), '')
        )
        or case
            when page_url like '%=%'
                then {{ matches(
                    'lower(page_url)', "'" ~ campaign_parameters() ~ "'"
                ) }}
        end
),

withdrawn_deliveries as (
    select delivery_id from {{ ref('int_repeated_deliveries') }}
    where not is_counted and batch_id > {{ batch_seen() }}
    union all
    select delivery_id from {{ replaced(ref('int_hit_deliveries')) }}
    where replaced_batch_id > {{ batch_seen() }}
),

touch_hits as (
    select
        delivery_id,
        hit_id,
        format,
        site_id,
        visitor_id,
        page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        {{ local_date('event_at', 'time_zone') }} as active_date,
        event_at
    from touching_hits

    union all

    -- A hit that counts no longer has a row that says no more than that.
    select
        delivery_id,
        hit_id,
        format,
        null as site_id,
        visitor_id,
        page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        active_date,
        event_at
    from {{ stored() }}
    where delivery_id in (select withdrawn_deliveries.delivery_id from withdrawn_deliveries)
)

-- In the order of dates, so that later runs pass over what lies outside of theirs.
select * from touch_hits
order by active_date -- noqa: AM06
