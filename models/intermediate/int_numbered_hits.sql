{{ config(materialized='ephemeral') }}

-- One row per hit of the session days that a run reads, with its place in the session.

with

touched_days as (
    select * from {{ ref('int_touched_session_days') }}
    where not is_gone
),

session_hits as (
    select
        touched_days.session_id,
        touched_days.person_id,
        hits.delivery_id,
        hits.hit_id,
        hits.format,
        {{ hash_key('touched_days.session_id') }} as session_key,
        case
            when hits.page_url is not null then {{ hash_key('hits.site_id, hits.page_url') }}
        end as page_key,
        hits.engaged_seconds,
        hits.scroll_percent,
        touched_days.session_page_views,
        touched_days.hits_before,
        touched_days.page_views_before,
        hits.hit_type = 'page_view' as is_page_view,
        touched_days.is_bounce,
        touched_days.is_renewed,
        touched_days.active_date,
        hits.event_at
    from {{ ref('int_hits_sessionized') }} as hits
    inner join touched_days
        on
            hits.session_id = touched_days.session_id
            and hits.active_date = touched_days.active_date
    where
        {{ touched_dates('hits.active_date') }}
        and {{ touched_instants('hits.event_at') }}
),

numbered_hits as (
    select
        session_id,
        person_id,
        delivery_id,
        session_key,
        page_key,
        engaged_seconds,
        scroll_percent,
        session_page_views,
        hits_before + row_number() over (
            partition by session_key, active_date order by event_at, hit_id, format
        ) as hit_number,
        page_views_before + count(case when is_page_view then 1 end) over (
            partition by session_key, active_date order by event_at, hit_id, format
            rows between unbounded preceding and current row
        ) as page_view_number,
        is_page_view,
        is_bounce,
        is_renewed,
        active_date,
        event_at
    from session_hits
)

select * from numbered_hits
