{{
    config(
        materialized='incremental',
        replace_by=['session_id', 'active_date'],
        keeps_replaced=true,
        gone_when='hit_id is null',
        bounded_by='active_date'
    )
}}

-- One row per hit of a session that counts, with its place in it. A run renews the days
-- of sessions on which hits came or went.

with

numbered_hits as (
    select * from {{ ref('int_numbered_hits') }}
),

gone_days as (
    select * from {{ ref('int_touched_session_days') }}
    where is_gone
),

views as (
    select
        *,
        case when is_page_view then page_key end as viewed_page_key,
        case when is_page_view then event_at end as viewed_at
    from numbered_hits
),

-- Page views come one after the other, whatever lies between them; of other hits, which
-- stand in a partition of their own, all of it is null.
placed_hits as (
    select
        *,
        lag(viewed_page_key) over in_order as previous_page_key,
        lead(viewed_page_key) over in_order as next_page_key,
        lead(viewed_page_key, 2) over in_order as third_page_key,
        lead(viewed_page_key, 3) over in_order as fourth_page_key,
        lead(viewed_page_key, 4) over in_order as fifth_page_key,
        lead(viewed_at) over in_order as next_viewed_at
    from views
    window in_order as (
        partition by session_key, is_page_view order by page_view_number, hit_number
    )
),

-- A page reports what it measured when it is left, often after the next one was seen:
-- such a hit belongs to the page view before, which its URL tells.
measuring_hits as (
    select
        hits.session_key,
        hits.engaged_seconds,
        hits.scroll_percent,
        case
            when
                hits.page_key != page_views.page_key
                and hits.page_key = page_views.previous_page_key
                then hits.page_view_number - 1
            else hits.page_view_number
        end as page_view_number
    from placed_hits as hits
    inner join placed_hits as page_views
        on
            hits.session_key = page_views.session_key
            and hits.page_view_number = page_views.page_view_number
            and page_views.is_page_view
    where
        {{ hits_are_measured() }}
        and (hits.engaged_seconds is not null or hits.scroll_percent is not null)
),

measures as (
    select
        session_key,
        page_view_number,
        cast(sum(engaged_seconds) as decimal(18, 6)) as engaged_seconds,
        max(scroll_percent) as scroll_percent
    from measuring_hits
    group by 1, 2
),

session_hits as (
    select
        -- ids
        coalesce(placed_hits.session_id, gone_days.session_id) as session_id,
        hits.hit_id,
        hits.site_id,
        placed_hits.person_id,
        placed_hits.page_key,
        placed_hits.previous_page_key,
        placed_hits.next_page_key,
        case when placed_hits.page_view_number = 1 then placed_hits.third_page_key end
            as third_page_key,
        case when placed_hits.page_view_number = 1 then placed_hits.fourth_page_key end
            as fourth_page_key,
        case when placed_hits.page_view_number = 1 then placed_hits.fifth_page_key end
            as fifth_page_key,

        -- text
        hits.hit_type,
        hits.hit_name,
        hits.page_title,

        -- numbers
        cast(placed_hits.hit_number as bigint) as hit_number,
        cast(placed_hits.page_view_number as bigint) as page_view_number,
        hits.value,
        coalesce(
            measures.engaged_seconds,
            {{ seconds_between('placed_hits.viewed_at', 'placed_hits.next_viewed_at') }}
        ) as time_on_page_seconds,
        case
            when placed_hits.viewed_at is null then null
            when measures.engaged_seconds is not null then 'engagement'
            when placed_hits.next_viewed_at is not null then 'next view'
            else 'unknown'
        end as time_on_page_source,
        measures.scroll_percent,
        {{ local_hour('hits.event_at', 'hits.time_zone') }} as active_hour,

        -- flags
        coalesce(
            placed_hits.is_page_view and placed_hits.page_view_number = 1, false
        ) as is_entrance,
        coalesce(
            placed_hits.is_page_view
            and placed_hits.page_view_number = placed_hits.session_page_views,
            false
        ) as is_exit,
        coalesce(placed_hits.is_bounce, false) as is_bounce,

        -- dates in the site's time zone, and timestamps in UTC
        coalesce(placed_hits.active_date, gone_days.active_date) as active_date,
        hits.event_at,
        cast({{ this_batch() }} as bigint) as batch_id
    from {{ ref('int_hits') }} as hits
    inner join placed_hits
        on
            hits.delivery_id = placed_hits.delivery_id
            and {{ touched_instants('hits.event_at') }}
    full outer join gone_days
        on
            placed_hits.session_id = gone_days.session_id
            and placed_hits.active_date = gone_days.active_date
    left join measures
        on
            placed_hits.is_page_view
            and placed_hits.session_key = measures.session_key
            and placed_hits.page_view_number = measures.page_view_number
    where coalesce(placed_hits.is_renewed, true)
)

select * from session_hits
