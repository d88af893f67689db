{{ config(materialized='ephemeral') }}
{% do check_address_rules() %}

-- One row per range of addresses of the sessions that a run brings up to date, where a
-- rule for addresses matches.

with

address_ranges as (
    select distinct ip_range
    from {{ ref('int_touched_sessions') }}
    where ip_range is not null and {{ has_active_rules('address_rules') }}
),

sorted_ranges as (
    select
        ip_range,
        {{ first_address('ip_range') }} as first_address,
        {{ last_address('ip_range') }} as last_address
    from address_ranges
),

address_rules as (
    select
        *,
        {{ first_address('address_range') }} as first_address,
        {{ last_address('address_range') }} as last_address
    from {{ ref('address_rules') }}
    where is_active
),

-- Bots and internal traffic are two questions: each has its first rule.
address_matches as (
    select
        sorted_ranges.ip_range,
        min_by(address_rules.reason, address_rules.priority)
        filter (where address_rules.traffic = 'bot') as bot_reason,
        min_by(address_rules.bot_class, address_rules.priority)
        filter (where address_rules.traffic = 'bot') as bot_class,
        min_by(address_rules.reason, address_rules.priority)
        filter (where address_rules.traffic = 'internal') as internal_reason
    from sorted_ranges
    inner join address_rules
        on
            sorted_ranges.first_address >= address_rules.first_address
            and sorted_ranges.last_address <= address_rules.last_address
    group by 1
)

select * from address_matches
