{{
    config(
        materialized='incremental',
        replace_by=['session_id'],
        keeps_replaced=true,
        gone_when='started_at is null',
        skip_unchanged=true,
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
        on stored_sessions.session_id = resolved_sessions.session_id
),

other_sessions as (
    select stored_sessions.*
    from {{ stored() }} as stored_sessions
    inner join touched_persons
        on stored_sessions.person_id = touched_persons.person_id
    left join resolved_sessions
        on stored_sessions.session_id = resolved_sessions.session_id
    where resolved_sessions.session_id is null
),

sessions_of_touched_persons as (
    select * from resolved_sessions
    union all
    select * from other_sessions
),

-- Bots that do not count are numbered on their own, so that a person's first
-- session is the first one that counts.
numbered_sessions as (
    select
        *,
        row_number() over (
            partition by person_id, is_counted order by started_at, session_id
        ) as number_of_person
    from sessions_of_touched_persons
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

select * from sessions
