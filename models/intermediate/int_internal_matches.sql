{{ config(materialized='ephemeral') }}

-- One row per site, attribute and value of the sessions that a run brings up to date,
-- where a rule for internal traffic matches.

with

sessions as (
    select * from {{ ref('int_touched_sessions') }}
    where started_at is not null and {{ has_active_rules('internal_rules') }}
),

internal_rules as (
    select * from {{ ref('internal_rules') }}
    where is_active
),

-- The rules look at each value once, not at each session.
attribute_values as (
    select
        site_id,
        'user_id' as attribute,
        coalesce(user_id, visitor_user_id) as attribute_value
    from sessions
    union
    select
        site_id,
        'page_url' as attribute,
        first_page_url as attribute_value
    from sessions
    union
    select
        site_id,
        'referrer_url' as attribute,
        referrer_url as attribute_value
    from sessions
    union
    select
        site_id,
        'user_agent' as attribute,
        user_agent as attribute_value
    from sessions
),

internal_matches as (
    select
        attribute_values.site_id,
        attribute_values.attribute,
        attribute_values.attribute_value,
        min_by(internal_rules.reason, internal_rules.priority) as internal_reason
    from attribute_values
    inner join internal_rules
        on
            attribute_values.attribute = internal_rules.attribute
            and attribute_values.site_id
            = coalesce(internal_rules.site_id, attribute_values.site_id)
            and {{ matches('lower(attribute_values.attribute_value)', 'internal_rules.pattern') }}
    group by 1, 2, 3
)

select * from internal_matches
