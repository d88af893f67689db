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

page_views as (
    select
        session_key,
        page_view_number,
        page_key,
        event_at,
        lag(page_key) over (
            partition by session_key order by page_view_number
        ) as previous_page_key,
        lead(page_key) over (
            partition by session_key order by page_view_number
        ) as next_page_key,
        lead(page_key, 2) over (
            partition by session_key order by page_view_number
        ) as third_page_key,
        lead(page_key, 3) over (
            partition by session_key order by page_view_number
        ) as fourth_page_key,
        lead(page_key, 4) over (
            partition by session_key order by page_view_number
        ) as fifth_page_key,
        lead(event_at) over (
            partition by session_key order by page_view_number
        ) as next_viewed_at
    from numbered_hits
    where is_page_view
),

-- A page reports what it measured when it is left, often after the next one was seen:
-- such a hit belongs to the page view before, which its URL tells.
measuring_hits as (
    select
        numbered_hits.session_key,
        numbered_hits.engaged_seconds,
        numbered_hits.scroll_percent,
        case
            when
                numbered_hits.page_key != page_views.page_key
                and numbered_hits.page_key = page_views.previous_page_key
                then numbered_hits.page_view_number - 1
            else numbered_hits.page_view_number
        end as page_view_number
    from numbered_hits
    inner join page_views
        on
            numbered_hits.session_key = page_views.session_key
            and numbered_hits.page_view_number = page_views.page_view_number
    where numbered_hits.engaged_seconds is not null or numbered_hits.scroll_percent is not null
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
        coalesce(numbered_hits.session_id, gone_days.session_id) as session_id,
        hits.hit_id,
        hits.site_id,
        numbered_hits.person_id,
        numbered_hits.page_key,
        page_views.previous_page_key,
        page_views.next_page_key,
        case when page_views.page_view_number = 1 then page_views.third_page_key end
            as third_page_key,
        case when page_views.page_view_number = 1 then page_views.fourth_page_key end
            as fourth_page_key,
        case when page_views.page_view_number = 1 then page_views.fifth_page_key end
            as fifth_page_key,

        -- text
        hits.hit_type,
        hits.hit_name,
        hits.page_title,

        -- numbers
        cast(numbered_hits.hit_number as bigint) as hit_number,
        cast(numbered_hits.page_view_number as bigint) as page_view_number,
        hits.value,
        coalesce(
            measures.engaged_seconds,
            {{ seconds_between('page_views.event_at', 'page_views.next_viewed_at') }}
        ) as time_on_page_seconds,
        case
            when page_views.session_key is null then null
            when measures.engaged_seconds is not null then 'engagement'
            when page_views.next_viewed_at is not null then 'next view'
            else 'unknown'
        end as time_on_page_source,
        measures.scroll_percent,
        {{ local_hour('hits.event_at', 'hits.time_zone') }} as active_hour,

        -- flags
        coalesce(page_views.page_view_number = 1, false) as is_entrance,
        coalesce(
            page_views.page_view_number = numbered_hits.session_page_views, false
        ) as is_exit,
        coalesce(numbered_hits.is_bounce, false) as is_bounce,

        -- dates in the site's time zone, and timestamps in UTC
        coalesce(numbered_hits.active_date, gone_days.active_date) as active_date,
        hits.event_at,
        cast({{ this_batch() }} as bigint) as batch_id
    from {{ ref('int_hits') }} as hits
    inner join numbered_hits
        on
            hits.delivery_id = numbered_hits.delivery_id
            and {{ touched_instants('hits.event_at') }}
    full outer join gone_days
        on
            numbered_hits.session_id = gone_days.session_id
            and numbered_hits.active_date = gone_days.active_date
    left join page_views
        on
            numbered_hits.is_page_view
            and numbered_hits.session_key = page_views.session_key
            and numbered_hits.page_view_number = page_views.page_view_number
    left join measures
        on
            numbered_hits.is_page_view
            and numbered_hits.session_key = measures.session_key
            and numbered_hits.page_view_number = measures.page_view_number
    where coalesce(numbered_hits.is_renewed, true)
)

select * from session_hits
