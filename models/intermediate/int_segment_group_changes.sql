{{ config(materialized='ephemeral') }}

-- One row per member of a segment, group of alternatives and date on which the group comes
-- to hold (1) or ceases to (-1), compared with a member that has done nothing.

with

condition_changes as (
    select * from {{ ref('int_segment_condition_changes') }}
),

-- Of somebody who has done nothing, that much holds: what is negated.
groups as (
    select
        segment_id,
        group_number,
        count(distinct case when is_negated then condition_number end) as negated_conditions
    from {{ ref('segment_conditions') }}
    group by 1, 2
),

date_changes as (
    select
        segment_id,
        group_number,
        person_id,
        session_id,
        hit_number,
        is_page_view,
        changed_date,
        sum(case when is_negated then -change else change end) as change
    from condition_changes
    group by 1, 2, 3, 4, 5, 6, 7
),

running_conditions as (
    select
        *,
        sum(change) over (
            partition by segment_id, group_number, person_id, session_id, hit_number
            order by changed_date
        ) as change_so_far
    from date_changes
),

group_changes as (
    select
        running_conditions.segment_id,
        running_conditions.group_number,
        running_conditions.person_id,
        running_conditions.session_id,
        running_conditions.hit_number,
        running_conditions.is_page_view,
        running_conditions.changed_date,
        case
            when groups.negated_conditions + running_conditions.change_so_far > 0 then 1
            else -1
        end as change
    from running_conditions
    inner join groups
        on
            running_conditions.segment_id = groups.segment_id
            and running_conditions.group_number = groups.group_number
    where
        (groups.negated_conditions + running_conditions.change_so_far > 0)
        != (
            groups.negated_conditions
            + running_conditions.change_so_far
            - running_conditions.change > 0
        )
)

select * from group_changes
