-- A hit that no session holds was lost by an incremental run, and one that two hold
-- counts twice.

with

sessionized_hits as (
    select
        delivery_id,
        count(*) as sessions
    from {{ ref('int_hits_sessionized') }}
    group by 1
),

hits_in_sessions as (
    select
        hits.delivery_id,
        coalesce(sessionized_hits.sessions, 0) as sessions
    from {{ ref('int_hits') }} as hits
    left join sessionized_hits
        on hits.delivery_id = sessionized_hits.delivery_id
)

select * from hits_in_sessions
where sessions != 1
