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

session_numbers as (
    select * from {{ ref('int_session_numbers') }}
),

numbered_sessions as (
    select
        resolved_sessions.*,
        coalesce(session_numbers.session_number, 1) as number_of_person
    from resolved_sessions
    left join session_numbers
        on resolved_sessions.session_id = session_numbers.session_id

    union all

    -- Of the others, those whose number changes.
    select
        stored_sessions.*,
        session_numbers.session_number as number_of_person
    from session_numbers
    inner join {{ stored() }} as stored_sessions
        on
            session_numbers.session_id = stored_sessions.session_id
            and session_numbers.session_date = stored_sessions.session_date
    where session_numbers.stored_number != session_numbers.session_number
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
        bot_class,
        internal_reason,
        ignored_referrer_reason,
        excluded_as,

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
        is_internal,
        is_referrer_spam,
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
