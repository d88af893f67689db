{{
    config(
        materialized='incremental',
        replace_by=['person_id'],
        gone_when='goal_id is null'
    )
}}

-- One row per conversion: a goal and the hit, or whole session, that it counts.

with

touched_persons as (
    select person_id from {{ ref('int_sessions') }}
    where is_counted and conversions > 0 and batch_id > {{ batch_seen() }}
    union
    select person_id from {{ replaced(ref('int_sessions')) }}
    where is_counted and conversions > 0 and replaced_batch_id > {{ batch_seen() }}
),

sessions as (
    select sessions.*
    from {{ ref('int_sessions') }} as sessions
    inner join touched_persons
        on sessions.person_id = touched_persons.person_id
    where sessions.is_counted and sessions.conversions > 0
),

numbered_conversions as (
    select
        sessions.*,
        conversions.goal_id,
        conversions.hit_id,
        conversions.page_url,
        conversions.counted_per,
        conversions.value,
        conversions.currency,
        conversions.reporting_value,
        conversions.revenue as conversion_revenue,
        conversions.conversion_date,
        conversions.converted_at,
        {{ dbt.hash(row_text([
            'conversions.goal_id', 'conversions.format',
            'coalesce(conversions.hit_id, sessions.session_id)'
        ])) }} as conversion_id,
        row_number() over (
            partition by sessions.person_id, conversions.goal_id
            order by
                conversions.converted_at,
                conversions.hit_id,
                conversions.format,
                sessions.session_id
        ) as conversion_number
    from sessions
    inner join {{ ref('int_conversions') }} as conversions
        on
            sessions.session_id = conversions.session_id
            and sessions.session_date = conversions.session_date
),

-- A person without a conversion any more has a row that says no more than that.
conversions as (
    select
        -- ids
        numbered_conversions.conversion_id,
        numbered_conversions.goal_id,
        touched_persons.person_id,
        numbered_conversions.visitor_id,
        numbered_conversions.session_id,
        numbered_conversions.hit_id,
        numbered_conversions.site_id,

        -- what happened
        numbered_conversions.counted_per,
        numbered_conversions.page_url,

        -- how the session came
        numbered_conversions.channel,
        numbered_conversions.source,
        numbered_conversions.medium,
        numbered_conversions.campaign,
        numbered_conversions.country_code,
        numbered_conversions.device_type,

        -- numbers
        numbered_conversions.conversion_number,
        numbered_conversions.value,
        numbered_conversions.currency,
        numbered_conversions.reporting_value,
        numbered_conversions.conversion_revenue as revenue,
        {{ seconds_between(
            'numbered_conversions.started_at', 'numbered_conversions.converted_at'
        ) }} as seconds_to_convert,

        -- dates in the site's time zone, and timestamps in UTC
        numbered_conversions.session_date,
        numbered_conversions.conversion_date,
        numbered_conversions.converted_at
    from touched_persons
    left join numbered_conversions
        on
            touched_persons.person_id = numbered_conversions.person_id
            and (
                numbered_conversions.counted_per != 'person'
                or numbered_conversions.conversion_number = 1
            )
)

select * from conversions
