{{ config(materialized='ephemeral') }}

-- One row per condition of a segment, member that it is asked of, hit, conversion or
-- session that meets it, and date: of a condition with two steps, the second steps.

with

persons as (
    select * from {{ ref('int_segment_persons') }}
),

segments as (
    select * from {{ ref('segments') }}
),

session_steps as (
    select * from {{ ref('int_segment_session_steps') }}
),

steps as (
    select
        conditions.*,
        segments.scope,
        segments.includes_excluded,
        max(conditions.step_number) over (
            partition by conditions.segment_id, conditions.condition_number
        ) as last_step
    from {{ ref('segment_conditions') }} as conditions
    inner join segments
        on conditions.segment_id = segments.segment_id
),

-- The first hit of a session, which starts it, is the `session_id`.
step_points as (
    select
        segment_id,
        condition_number,
        step_number,
        session_id,
        hit_number,
        hit_id as point_id,
        event_at as point_at,
        active_date as point_date,
        is_page_view,
        hits as times
    from {{ ref('int_segment_hits') }}

    union all

    select
        steps.segment_id,
        steps.condition_number,
        steps.step_number,
        conversions.session_id,
        null as hit_number,
        coalesce(conversions.hit_id, conversions.session_id) as point_id,
        conversions.converted_at as point_at,
        conversions.conversion_date as point_date,
        null as is_page_view,
        1 as times
    from {{ ref('int_conversions') }} as conversions
    inner join steps
        on conversions.goal_id = steps.goal_id

    union all

    select
        session_steps.segment_id,
        session_steps.condition_number,
        session_steps.step_number,
        sessions.session_id,
        null as hit_number,
        sessions.session_id as point_id,
        sessions.started_at as point_at,
        sessions.session_date as point_date,
        null as is_page_view,
        1 as times
    from session_steps
    inner join steps
        on
            session_steps.segment_id = steps.segment_id
            and session_steps.condition_number = steps.condition_number
            and session_steps.step_number = steps.step_number
    inner join {{ ref('int_sessions') }} as sessions
        on session_steps.session_id = sessions.session_id
    where steps.hit_type is null and steps.goal_id is null
),

-- A session that does not count is seen by the segments that say so.
person_points as (
    select
        steps.segment_id,
        steps.condition_number,
        steps.step_number,
        steps.last_step,
        steps.within_minutes,
        sessions.person_id,
        case when steps.scope != 'person' then sessions.session_id end as session_id,
        case when steps.scope = 'hit' then step_points.hit_number end as hit_number,
        case when steps.scope = 'hit' then step_points.is_page_view end as is_page_view,
        step_points.point_id,
        step_points.point_at,
        case
            when steps.scope = 'session' then sessions.session_date
            else step_points.point_date
        end as point_date,
        step_points.times
    from {{ ref('int_sessions') }} as sessions
    inner join persons
        on sessions.person_id = persons.person_id
    inner join step_points
        on sessions.session_id = step_points.session_id
    inner join steps
        on
            step_points.segment_id = steps.segment_id
            and step_points.condition_number = steps.condition_number
            and step_points.step_number = steps.step_number
            and (sessions.is_counted or steps.includes_excluded)
    left join session_steps
        on
            steps.segment_id = session_steps.segment_id
            and steps.condition_number = session_steps.condition_number
            and steps.step_number = session_steps.step_number
            and sessions.session_id = session_steps.session_id
    where steps.session_field is null or session_steps.session_id is not null
),

-- A hit that is both steps comes before itself in no order.
first_steps as (
    select
        *,
        max(case when step_number = 1 then point_at end) over (
            partition by segment_id, condition_number, person_id, session_id
            order by point_at asc, point_id asc, step_number desc
            rows between unbounded preceding and 1 preceding
        ) as first_step_at
    from person_points
    where last_step = 2
),

points as (
    select
        segment_id,
        condition_number,
        person_id,
        session_id,
        hit_number,
        is_page_view,
        point_date,
        times
    from person_points
    where last_step = 1

    union all

    select
        segment_id,
        condition_number,
        person_id,
        session_id,
        hit_number,
        is_page_view,
        point_date,
        times
    from first_steps
    where
        step_number = 2
        and first_step_at is not null
        and (
            within_minutes is null
            or point_at <= {{ add_microseconds(
                'first_step_at', '60000000 * cast(within_minutes as bigint)'
            ) }}
        )
)

select * from points
