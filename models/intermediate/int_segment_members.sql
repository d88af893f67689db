{{
    config(
        materialized='incremental',
        replace_by=['person_id'],
        keeps_replaced=true,
        gone_when='segment_id is null'
    )
}}

-- One row per segment, member (a person, a session, or the hits of a session on a date)
-- and stretch of dates in which it is in the segment. A run renews the members of the
-- persons that it touches.

with

persons as (
    select * from {{ ref('int_segment_persons') }}
),

group_changes as (
    select * from {{ ref('int_segment_group_changes') }}
),

conditions_of_groups as (
    select
        segment_id,
        group_number,
        max(case when is_negated then 1 else 0 end) as is_open
    from {{ ref('segment_conditions') }}
    group by 1, 2
),

-- A group holds by itself, as long as nothing happens, if one of its conditions is negated.
segments as (
    select
        segments.segment_id,
        segments.scope,
        segments.includes_excluded,
        count(conditions_of_groups.group_number) as group_count,
        coalesce(sum(conditions_of_groups.is_open), 0) as open_groups
    from {{ ref('segments') }} as segments
    left join conditions_of_groups
        on segments.segment_id = conditions_of_groups.segment_id
    group by 1, 2, 3
),

-- Where all do, whoever comes is in the segment from the first date on.
starts as (
    select
        segments.segment_id,
        sessions.person_id,
        case when segments.scope = 'session' then sessions.session_id end as session_id,
        min(sessions.session_date) as changed_date
    from {{ ref('int_sessions') }} as sessions
    inner join persons
        on sessions.person_id = persons.person_id
    inner join segments
        on
            segments.group_count = segments.open_groups
            and (sessions.is_counted or segments.includes_excluded)
    group by 1, 2, 3
),

changes as (
    select
        segment_id,
        person_id,
        session_id,
        hit_number,
        is_page_view,
        changed_date,
        change
    from group_changes

    union all

    select
        segment_id,
        person_id,
        session_id,
        cast(null as bigint) as hit_number,
        cast(null as boolean) as is_page_view,
        changed_date,
        0 as change
    from starts
),

date_changes as (
    select
        segment_id,
        person_id,
        session_id,
        hit_number,
        is_page_view,
        changed_date,
        sum(change) as change
    from changes
    group by 1, 2, 3, 4, 5, 6
),

states as (
    select
        date_changes.*,
        segments.open_groups + sum(date_changes.change) over (
            partition by
                date_changes.segment_id,
                date_changes.person_id,
                date_changes.session_id,
                date_changes.hit_number
            order by date_changes.changed_date
        ) = segments.group_count as is_member
    from date_changes
    inner join segments
        on date_changes.segment_id = segments.segment_id
),

turns as (
    select
        *,
        coalesce(lag(is_member) over (
            partition by segment_id, person_id, session_id, hit_number order by changed_date
        ), false) as was_member
    from states
),

stretches as (
    select
        *,
        lead(changed_date) over (
            partition by segment_id, person_id, session_id, hit_number order by changed_date
        ) as left_date
    from turns
    where is_member != was_member
),

members as (
    select
        segment_id,
        person_id,
        session_id,
        changed_date as entered_date,
        case when hit_number is null then left_date else {{ add_days('changed_date', 1) }} end
            as left_date,
        cast(nullif(count(hit_number), 0) as bigint) as hits,
        cast(sum(case when is_page_view then 1 when hit_number is not null then 0 end) as bigint)
            as page_views
    from stretches
    where is_member
    group by 1, 2, 3, 4, 5

    union all

    -- Whoever was in a segment has a row that says no more than that the old ones go.
    select distinct
        cast(null as {{ dbt.type_string() }}) as segment_id,
        stored.person_id,
        cast(null as {{ dbt.type_string() }}) as session_id,
        cast(null as date) as entered_date,
        cast(null as date) as left_date,
        cast(null as bigint) as hits,
        cast(null as bigint) as page_views
    from {{ stored() }} as stored
    inner join persons
        on stored.person_id = persons.person_id
),

segment_members as (
    select
        *,
        cast({{ this_batch() }} as bigint) as batch_id
    from members
)

select * from segment_members
