{{
    config(
        materialized='incremental',
        replace_by=['session_id'],
        keeps_replaced=true,
        gone_when='started_at is null',
        bounded_by='session_date'
    )
}}

-- One row per session, with all rules applied.

with

resolved_sessions as (
    select * from {{ ref('int_resolved_sessions') }}
),

-- Whose sessions have to be numbered anew: who has one now, and who had one.
touched_persons as (
    select person_id from resolved_sessions
    where person_id is not null
    union
    select stored_sessions.person_id
    from {{ stored() }} as stored_sessions
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
    from {{ stored() }} as stored_sessions
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
numbers as (
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
),

numbered_sessions as (
    select
        resolved_sessions.*,
        coalesce(numbers.session_number, 1) as number_of_person
    from resolved_sessions
    left join numbers
        on resolved_sessions.session_id = numbers.session_id

    union all

    -- Of the others, those whose number changes.
    select
        stored_sessions.*,
        numbers.session_number as number_of_person
    from numbers
    inner join {{ stored() }} as stored_sessions
        on
            numbers.session_id = stored_sessions.session_id
            and numbers.session_date = stored_sessions.session_date
    where numbers.stored_number != numbers.session_number
),

sessions as (
    select
        -- ids
        session_id,
        site_id,
        visitor_id,
        user_id,
        person_id,
        number_of_person as session_number,

        -- arrival
        landing_page_url,
        exit_page_url,
        referrer_url,
        channel,
        source,
        medium,
        campaign,
        country_code,
        language,
        device_type,
        browser,
        operating_system,
        bot_reason,

        -- numbers
        duration_seconds,
        hits,
        page_views,
        clicks,
        form_submissions,
        conversions,
        revenue,

        -- flags
        is_engaged,
        is_bounce,
        is_single_page,
        is_single_hit,
        number_of_person = 1 as is_new_person,
        is_bot,
        is_counted,

        -- dates in the site's time zone, and timestamps in UTC
        session_date,
        last_active_date,
        started_at,
        ended_at,
        cast({{ this_batch() }} as bigint) as batch_id
    from numbered_sessions
)

-- In the order of dates, so that later runs pass over what lies outside of theirs.
select * from sessions
order by session_date -- noqa: AM06
