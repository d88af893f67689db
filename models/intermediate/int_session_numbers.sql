{{ config(materialized='ephemeral') }}

-- One row per session of the persons that a run touches and that have, or had, several,
-- with its number among the sessions of its person.

with

resolved_sessions as (
    select
        session_id,
        session_date,
        person_id,
        is_counted,
        started_at
    from {{ ref('int_resolved_sessions') }}
),

-- Whose sessions have to be numbered anew: who has one now, and who had one.
touched_persons as (
    select person_id from resolved_sessions
    where person_id is not null
    union
    select stored_sessions.person_id
    from {{ stored('int_sessions') }} as stored_sessions
    inner join resolved_sessions
        on
            stored_sessions.session_id = resolved_sessions.session_id
            and stored_sessions.session_date = resolved_sessions.session_date
    where {{ touched_session_dates('stored_sessions.session_date') }}
),

sessions_to_number as (
    select
        session_id,
        session_date,
        person_id,
        is_counted,
        started_at,
        cast(null as bigint) as stored_number
    from resolved_sessions
    where started_at is not null

    union all

    select
        stored_sessions.session_id,
        stored_sessions.session_date,
        stored_sessions.person_id,
        stored_sessions.is_counted,
        stored_sessions.started_at,
        stored_sessions.session_number as stored_number
    from {{ stored('int_sessions') }} as stored_sessions
    inner join touched_persons
        on stored_sessions.person_id = touched_persons.person_id
    left join resolved_sessions
        on stored_sessions.session_id = resolved_sessions.session_id
    where resolved_sessions.session_id is null
),

-- Most persons have one session, which is their first.
persons_to_number as (
    select
        person_id,
        is_counted
    from sessions_to_number
    group by 1, 2
    having count(*) > 1 or max(stored_number) > 1
),

-- Bots that do not count are numbered on their own, so that a person's first
-- session is the first one that counts.
session_numbers as (
    select
        sessions_to_number.session_id,
        sessions_to_number.session_date,
        sessions_to_number.stored_number,
        row_number() over (
            partition by sessions_to_number.person_id, sessions_to_number.is_counted
            order by sessions_to_number.started_at, sessions_to_number.session_id
        ) as session_number
    from sessions_to_number
    inner join persons_to_number
        on
            sessions_to_number.person_id = persons_to_number.person_id
            and sessions_to_number.is_counted = persons_to_number.is_counted
)

select * from session_numbers
