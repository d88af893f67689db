{{ config(materialized='ephemeral') }}

-- One row per stored session that a run may split elsewhere than before: those of sites
-- whose campaigns start sessions, in an unbroken chain with a hit that came or went.

with

touched_instants as (
    select
        visitor_id,
        event_at
    from {{ ref('int_hits') }}
    where
        batch_id > {{ batch_seen('int_session_days') }}
        and {{ splits_at('campaign', 'site_id') }}

    union all

    select
        visitor_id,
        event_at
    from {{ ref('int_repeated_deliveries') }}
    where batch_id > {{ batch_seen('int_session_days') }}

    union all

    select
        visitor_id,
        event_at
    from {{ ref('int_withdrawn_hits') }}
    where batch_id > {{ batch_seen('int_session_days') }}
),

stored_days as (
    select * from {{ stored('int_session_days') }} as stored_days
    where
        {{ splits_at('campaign', 'site_id') }}
        and visitor_id in (select touched_instants.visitor_id from touched_instants)
),

days_with_gap as (
    select
        *,
        case
            when started_at <= {{ add_microseconds(
                'lag(ended_at) over (
                    partition by site_id, visitor_id order by started_at
                )',
                'timeout_microseconds'
            ) }} then 0
            else 1
        end as starts_chain
    from stored_days
),

days_in_chain as (
    select
        *,
        sum(starts_chain) over (
            partition by site_id, visitor_id order by started_at
            rows between unbounded preceding and current row
        ) as chain_number
    from days_with_gap
),

-- A hit within the timeout of one of its sessions may move all splits of a chain.
chains as (
    select
        site_id,
        visitor_id,
        chain_number,
        min({{ add_microseconds('started_at', '-timeout_microseconds') }}) as reached_from,
        max({{ add_microseconds('ended_at', 'timeout_microseconds') }}) as reached_until
    from days_in_chain
    group by 1, 2, 3
),

sessions_to_split as (
    select distinct days_in_chain.session_id
    from days_in_chain
    inner join chains
        on
            days_in_chain.site_id = chains.site_id
            and days_in_chain.visitor_id = chains.visitor_id
            and days_in_chain.chain_number = chains.chain_number
    inner join touched_instants
        on
            chains.visitor_id = touched_instants.visitor_id
            and chains.reached_from <= touched_instants.event_at
            and chains.reached_until >= touched_instants.event_at
)

select * from sessions_to_split
