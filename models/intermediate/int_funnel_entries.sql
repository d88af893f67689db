{{
    config(
        materialized='incremental',
        replace_by=['person_id', 'entry_date'],
        keeps_replaced=true,
        gone_when='funnel_id is null',
        bounded_by='entry_date'
    )
}}

-- One row per person, date of entry, funnel and step that the person reached: of the
-- entries on a date the one that reached most, then the first. A run renews the entries
-- of the persons that it touches in the window before what it touches.
-- depends_on: {{ ref('int_session_hits') }}

with

changed_dates as (
    select * from {{ ref('int_funnel_dates') }}
),

days_before as (
    {{ whole_numbers(0, funnel_days()) }}
),

-- What a person does on a date changes the entries of the window before it.
renewed_dates as (
    select distinct
        changed_dates.person_id,
        {{ add_days('changed_dates.active_date', '-days_before.number') }} as entry_date
    from changed_dates
    cross join days_before
),

funnels as (
    select * from {{ ref('funnels') }}
),

points as (
    select * from {{ ref('int_funnel_points') }}
),

timed_attempts as (
    select
        attempts.funnel_id,
        attempts.person_id,
        attempts.entry_place,
        attempts.step_number,
        entries.site_id,
        entries.active_date as entry_date,
        entries.event_at as entered_at,
        steps.event_at as reached_at
    from {{ ref('int_funnel_attempts') }} as attempts
    inner join funnels
        on attempts.funnel_id = funnels.funnel_id
    inner join points as entries
        on
            attempts.funnel_id = entries.funnel_id
            and attempts.person_id = entries.person_id
            and attempts.entry_place = entries.place
            and entries.step_number = 1
    inner join points as steps
        on
            attempts.funnel_id = steps.funnel_id
            and attempts.person_id = steps.person_id
            and attempts.place = steps.place
            and attempts.step_number = steps.step_number
    where steps.event_at <= {{ add_microseconds(
        'entries.event_at', '60000000 * cast(funnels.window_minutes as bigint)'
    ) }}
),

renewed_attempts as (
    select
        timed_attempts.*,
        count(*) over (
            partition by
                timed_attempts.funnel_id,
                timed_attempts.person_id,
                timed_attempts.entry_place
        ) as steps
    from timed_attempts
    inner join renewed_dates
        on
            timed_attempts.person_id = renewed_dates.person_id
            and timed_attempts.entry_date = renewed_dates.entry_date
),

ranked_attempts as (
    select
        *,
        first_value(entry_place) over (
            partition by funnel_id, person_id, entry_date
            order by steps desc, entry_place asc
        ) as best_place
    from renewed_attempts
),

entries as (
    select
        person_id,
        entry_date,
        funnel_id,
        site_id,
        step_number,
        {{ seconds_between('entered_at', 'reached_at') }} as seconds_from_entry,
        {{ seconds_between(
            'lag(reached_at) over (
                partition by funnel_id, person_id, entry_place order by step_number
            )',
            'reached_at'
        ) }} as seconds_from_previous_step
    from ranked_attempts
    where entry_place = best_place
),

-- A date without an entry any more has a row that says no more than that.
gone_dates as (
    select distinct
        stored.person_id,
        stored.entry_date
    from {{ stored() }} as stored
    inner join renewed_dates
        on
            stored.person_id = renewed_dates.person_id
            and stored.entry_date = renewed_dates.entry_date
    left join entries
        on
            stored.person_id = entries.person_id
            and stored.entry_date = entries.entry_date
    where
        entries.person_id is null
        and {{ funnel_dates('stored.entry_date') }}
),

funnel_entries as (
    select
        coalesce(entries.person_id, gone_dates.person_id) as person_id,
        coalesce(entries.entry_date, gone_dates.entry_date) as entry_date,
        entries.funnel_id,
        entries.site_id,
        entries.step_number,
        entries.seconds_from_entry,
        entries.seconds_from_previous_step,
        cast({{ this_batch() }} as bigint) as batch_id
    from entries
    full outer join gone_dates
        on
            entries.person_id = gone_dates.person_id
            and entries.entry_date = gone_dates.entry_date
)

select * from funnel_entries
