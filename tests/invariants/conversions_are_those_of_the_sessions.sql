-- The mart is brought up to date by person, the counts of sessions by session. Goals
-- that count once per person are left out: there the two differ by intent.

with

by_session as (
    select
        session_id,
        count(*) as conversions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('conversions') }}
    group by 1
),

per_person as (
    select distinct session_id from {{ ref('int_conversions') }}
    where counted_per = 'person'
)

select
    sessions.session_id,
    sessions.conversions,
    by_session.conversions as conversions_in_mart
from {{ ref('int_sessions') }} as sessions
full outer join by_session
    on sessions.session_id = by_session.session_id
where
    coalesce(sessions.is_counted, true)
    and (
        sessions.conversions is distinct from coalesce(by_session.conversions, 0)
        or sessions.revenue is distinct from coalesce(by_session.revenue, 0)
    )
    and sessions.session_id not in (select per_person.session_id from per_person)
