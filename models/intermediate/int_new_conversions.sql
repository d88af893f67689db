{{ config(materialized='ephemeral') }}

-- One row per goal, session that a run brings up to date, and hit or whole session that
-- the goal counts there.

with

goals as (
    select * from {{ ref('goals') }}
),

sessions as (
    select
        session_id,
        session_date,
        site_id,
        max(active_date) as last_active_date,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        sum(page_views) as page_views
    from {{ ref('int_session_days') }}
    where batch_id > {{ batch_seen('int_conversions') }}
    group by 1, 2, 3
),

-- A goal that asks nothing of hits counts the session, at its end.
matches as (
    select
        session_days.session_id,
        goal_hits.goal_id,
        goal_hits.hit_id,
        goal_hits.format,
        goal_hits.page_url,
        goal_hits.value,
        goal_hits.currency,
        goal_hits.active_date as conversion_date,
        goal_hits.event_at as converted_at
    from {{ ref('int_goal_hits') }} as goal_hits
    inner join {{ ref('int_session_days') }} as session_days
        on
            goal_hits.site_id = session_days.site_id
            and goal_hits.visitor_id = session_days.visitor_id
            and goal_hits.active_date = session_days.active_date
            and goal_hits.event_at between session_days.started_at and session_days.ended_at
    where
        session_days.batch_id > {{ batch_seen('int_conversions') }}
        and {{ new_active_dates('goal_hits.active_date', 'int_conversions') }}

    union all

    select
        sessions.session_id,
        goals.goal_id,
        null as hit_id,
        null as format,
        null as page_url,
        null as value,
        null as currency,
        sessions.last_active_date as conversion_date,
        sessions.ended_at as converted_at
    from goals
    inner join sessions
        on coalesce(goals.site_id, sessions.site_id) = sessions.site_id
    where not {{ asks_for_a_hit('goals') }}
),

-- What counts once in a session counts where it was first.
ranked_matches as (
    select
        matches.session_id,
        sessions.session_date,
        matches.goal_id,
        matches.hit_id,
        matches.format,
        matches.page_url,
        coalesce(goals.value, matches.value) as value,
        upper(case when goals.value is null then matches.currency else goals.currency end)
            as currency,
        coalesce(goals.counted_per, 'hit') as counted_per,
        coalesce(goals.is_revenue, false) as is_revenue,
        matches.conversion_date,
        matches.converted_at,
        row_number() over (
            partition by matches.session_id, matches.goal_id
            order by matches.converted_at, matches.hit_id, matches.format
        ) as match_number
    from matches
    inner join goals
        on matches.goal_id = goals.goal_id
    inner join sessions
        on matches.session_id = sessions.session_id
    where
        sessions.page_views >= coalesce(goals.minimum_page_views, 0)
        and {{ seconds_between('sessions.started_at', 'sessions.ended_at') }}
        >= coalesce(goals.minimum_seconds, 0)
),

new_conversions as (
    select * from ranked_matches
    where counted_per = 'hit' or match_number = 1
)

select * from new_conversions
