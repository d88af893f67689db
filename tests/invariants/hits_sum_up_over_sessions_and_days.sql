-- A difference means that a table further down lost hits or kept some that are gone.

with

sums as (
    select
        (select count(*) from {{ ref('int_hits') }}) as hits,
        (select coalesce(sum(hits), 0) from {{ ref('int_session_days') }})
            as hits_of_session_days,
        (select coalesce(sum(hits), 0) from {{ ref('sessions') }}) as hits_of_sessions,
        (
            select coalesce(sum(hits), 0)
            from {{ ref('int_sessions') }}
            where is_counted
        ) as hits_of_counted_sessions,
        (select coalesce(sum(hits), 0) from {{ ref('daily_sessions') }})
            as hits_of_daily_sessions,
        (select coalesce(sum(hits), 0) from {{ ref('user_days') }}) as hits_of_user_days,
        (select coalesce(sum(hits), 0) from {{ ref('users') }}) as hits_of_users
)

select * from sums
where
    hits != hits_of_session_days
    or hits != hits_of_sessions
    or hits_of_counted_sessions != hits_of_daily_sessions
    or hits_of_counted_sessions != hits_of_user_days
    or hits_of_counted_sessions != hits_of_users
