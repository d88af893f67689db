{{ config(materialized='ephemeral') }}

-- One row per site, visitor and active date that a run touches and that has enough page
-- views to be judged: what the visitor did.

with

touched_days as (
    select
        site_id,
        visitor_id,
        active_date
    from {{ ref('int_session_days') }}
    where batch_id > {{ batch_seen('int_bot_days') }} and {{ has_active_rules('bot_behaviors') }}

    union

    select
        site_id,
        visitor_id,
        active_date
    from {{ replaced(ref('int_session_days'), 'int_bot_days') }}
    where
        replaced_batch_id > {{ batch_seen('int_bot_days') }}
        and {{ has_active_rules('bot_behaviors') }}
),

busy_days as (
    select
        touched_days.site_id,
        touched_days.visitor_id,
        touched_days.active_date,
        min(session_days.started_at) as started_at,
        max(session_days.ended_at) as ended_at
    from touched_days
    inner join {{ ref('int_session_days') }} as session_days
        on
            touched_days.site_id = session_days.site_id
            and touched_days.visitor_id = session_days.visitor_id
            and touched_days.active_date = session_days.active_date
    group by 1, 2, 3
    having
        sum(session_days.page_views) >= (
            select min(bot_behaviors.least_page_views)
            from {{ ref('bot_behaviors') }} as bot_behaviors
            where bot_behaviors.is_active
        )
),

-- All hits of the visitor between the first and the last of a date are of the date.
hits as (
    select
        busy_days.site_id,
        busy_days.visitor_id,
        busy_days.active_date,
        hits.format,
        hits.event_at,
        hits.hit_type,
        {{ epoch_microseconds('hits.event_at') }}
        - lag({{ epoch_microseconds('hits.event_at') }}) over (
            partition by
                busy_days.site_id,
                busy_days.visitor_id,
                busy_days.active_date,
                hits.hit_type
            order by hits.event_at, hits.hit_id, hits.format
        ) as microseconds_since_last,
        count(case when hits.hit_type = 'page_view' then 1 end) over (
            partition by
                busy_days.site_id,
                busy_days.visitor_id,
                busy_days.active_date,
                {{ stretch_of('hits.event_at', '60000000') }}
        ) as page_views_in_minute
    from busy_days
    inner join {{ ref('int_hits') }} as hits
        on
            busy_days.site_id = hits.site_id
            and busy_days.visitor_id = hits.visitor_id
            and busy_days.started_at <= hits.event_at
            and busy_days.ended_at >= hits.event_at
    where {{ touched_hits_only('hits.event_at') }}
),

-- The time since the page view before, not since any hit.
hits_with_gap as (
    select
        *,
        case when hit_type = 'page_view' then microseconds_since_last end as gap
    from hits
),

-- Sums of whole microseconds, so that the order of hits makes no difference.
sums as (
    select
        site_id,
        visitor_id,
        active_date,
        min(format) as format,
        count(case when hit_type = 'page_view' then 1 end) as page_views,
        count(case when hit_type = 'static_file' then 1 end) as static_files,
        count(distinct {{ stretch_of('event_at', '3600000000') }}) as active_hours,
        max(page_views_in_minute) as busiest_minute_page_views,
        count(gap) as gaps,
        cast(sum(gap) as double) as gap_sum,
        cast(sum(cast(gap as decimal(19, 0)) * gap) as double) as gap_squares
    from hits_with_gap
    group by 1, 2, 3
),

figures as (
    select
        site_id,
        visitor_id,
        active_date,
        format,
        page_views,
        static_files,
        active_hours,
        busiest_minute_page_views,
        round(
            100 * sqrt(greatest(0, gaps * gap_squares - gap_sum * gap_sum))
            / nullif(gap_sum, 0),
            3
        ) as gap_spread_percent
    from sums
)

select * from figures
