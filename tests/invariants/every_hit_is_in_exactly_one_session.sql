-- A hit that no session holds was lost by an incremental run, and one that two hold
-- counts twice.

with

hits_in_sessions as (
    select
        hits.delivery_id,
        count(session_days.session_id) as sessions
    from {{ ref('int_hits') }} as hits
    left join {{ ref('int_session_days') }} as session_days
        on
            hits.site_id = session_days.site_id
            and hits.visitor_id = session_days.visitor_id
            and hits.event_at >= session_days.started_at
            and hits.event_at <= session_days.ended_at
    group by 1
)

select * from hits_in_sessions
where sessions != 1
