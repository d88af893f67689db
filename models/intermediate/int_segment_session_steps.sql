{{ config(materialized='ephemeral') }}

-- One row per step of a segment's condition that asks for a column of sessions, and session
-- that has it, of the persons that a run touches.

with

persons as (
    select * from {{ ref('int_segment_persons') }}
),

steps as (
    select
        segment_id,
        condition_number,
        step_number,
        session_field,
        operator,
        lower(value) as value,
        case when operator like 'at %' then cast(value as decimal(18, 6)) end as limit_value
    from {{ ref('segment_conditions') }}
    where session_field is not null
),

session_values as (
    select
        steps.segment_id,
        steps.condition_number,
        steps.step_number,
        steps.operator,
        steps.value,
        steps.limit_value,
        sessions.session_id,
        lower(case steps.session_field
            when 'site_id' then sessions.site_id
            when 'user_id' then sessions.user_id
            when 'channel' then sessions.channel
            when 'source' then sessions.source
            when 'medium' then sessions.medium
            when 'campaign' then sessions.campaign
            when 'country_code' then sessions.country_code
            when 'language' then sessions.language
            when 'device_type' then sessions.device_type
            when 'browser' then sessions.browser
            when 'operating_system' then sessions.operating_system
            when 'landing_page_url' then sessions.landing_page_url
            when 'exit_page_url' then sessions.exit_page_url
            when 'referrer_url' then sessions.referrer_url
            when 'bot_class' then sessions.bot_class
            when 'internal_reason' then sessions.internal_reason
            when 'excluded_as' then sessions.excluded_as
            when 'is_new_person' then cast(sessions.is_new_person as {{ dbt.type_string() }})
            when 'is_engaged' then cast(sessions.is_engaged as {{ dbt.type_string() }})
            when 'is_bounce' then cast(sessions.is_bounce as {{ dbt.type_string() }})
            when 'is_bot' then cast(sessions.is_bot as {{ dbt.type_string() }})
            when 'is_internal' then cast(sessions.is_internal as {{ dbt.type_string() }})
            when 'is_referrer_spam'
                then cast(sessions.is_referrer_spam as {{ dbt.type_string() }})
        end) as text_value,
        cast(case steps.session_field
            when 'session_number' then sessions.session_number
            when 'duration_seconds' then sessions.duration_seconds
            when 'hits' then sessions.hits
            when 'page_views' then sessions.page_views
            when 'clicks' then sessions.clicks
            when 'form_submissions' then sessions.form_submissions
            when 'conversions' then sessions.conversions
            when 'revenue' then sessions.revenue
        end as decimal(18, 6)) as number_value
    from {{ ref('int_sessions') }} as sessions
    inner join persons
        on sessions.person_id = persons.person_id
    cross join steps
),

-- By `min`, since a database asks a filter on what is grouped by of each session.
texts as (
    select
        segment_id,
        condition_number,
        step_number,
        text_value,
        min(operator) as text_operator,
        min(value) as value
    from session_values
    where text_value is not null
    group by 1, 2, 3, 4
),

-- A pattern is looked for once in each text, not in that of every session.
met_texts as (
    select * from texts
    where case text_operator
        when 'is' then text_value = value
        when 'matches' then {{ matches('text_value', 'value') }}
    end
),

session_steps as (
    select
        session_values.segment_id,
        session_values.condition_number,
        session_values.step_number,
        session_values.session_id
    from session_values
    inner join met_texts
        on
            session_values.segment_id = met_texts.segment_id
            and session_values.condition_number = met_texts.condition_number
            and session_values.step_number = met_texts.step_number
            and session_values.text_value = met_texts.text_value

    union all

    select
        segment_id,
        condition_number,
        step_number,
        session_id
    from session_values
    where case operator
        when 'at least' then number_value >= limit_value
        when 'at most' then number_value <= limit_value
    end
)

select * from session_steps
