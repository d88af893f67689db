{{
    config(
        materialized='incremental',
        replace_by=['entry_date', 'site_id', 'funnel_id', 'step_number'],
        gone_when='users = 0',
        bounded_by='entry_date'
    )
}}

-- One row per date of entry, site of entry, funnel and step that somebody reached. A run
-- adds the entries that it renewed and takes off what they were before.

with

rules as (
    select * from {{ ref('funnel_step_rules') }}
),

entry_changes as (
    select
        {{ columns_of('int_funnel_entries') }},
        1 as change
    from {{ ref('int_funnel_entries') }}
    where batch_id > {{ batch_seen() }}

    union all

    select
        {{ columns_of('int_funnel_entries') }},
        -1 as change
    from {{ replaced(ref('int_funnel_entries')) }}
    where
        batch_id <= {{ batch_seen() }}
        and replaced_batch_id > {{ batch_seen() }}
),

changed_counts as (
    select
        entry_date,
        site_id,
        funnel_id,
        step_number,
        sum(change) as users,
        sum(change * coalesce(seconds_from_entry, 0)) as seconds_from_entry,
        sum(change * coalesce(seconds_from_previous_step, 0)) as seconds_from_previous_step
    from entry_changes
    group by 1, 2, 3, 4
),

counts as (
    select * from changed_counts

    union all

    select
        stored.entry_date,
        stored.site_id,
        stored.funnel_id,
        stored.step_number,
        stored.users,
        stored.seconds_from_entry,
        stored.seconds_from_previous_step
    from {{ stored() }} as stored
    inner join changed_counts
        on
            stored.entry_date = changed_counts.entry_date
            and stored.site_id = changed_counts.site_id
            and stored.funnel_id = changed_counts.funnel_id
            and stored.step_number = changed_counts.step_number
),

funnel_steps as (
    select
        counts.entry_date,
        counts.site_id,
        counts.funnel_id,
        counts.step_number,
        rules.step,
        cast(sum(counts.users) as bigint) as users,
        cast(sum(counts.seconds_from_entry) as decimal(18, 6)) as seconds_from_entry,
        cast(sum(counts.seconds_from_previous_step) as decimal(18, 6))
            as seconds_from_previous_step
    from counts
    left join rules
        on
            counts.funnel_id = rules.funnel_id
            and counts.step_number = rules.step_number
    group by 1, 2, 3, 4, 5
)

select * from funnel_steps
