{# Fails on every condition of a segment that says what has no meaning, with the reason. #}
{% test segment_condition_can_be_met(model) %}
    with conditions as (
        select
            conditions.*,
            segments.scope,
            count(*) over (
                partition by conditions.segment_id, conditions.condition_number
            ) as steps,
            max(conditions.step_number) over (
                partition by conditions.segment_id, conditions.condition_number
            ) as last_step,
            min(conditions.group_number) over (
                partition by conditions.segment_id, conditions.condition_number
            ) as first_group,
            max(conditions.group_number) over (
                partition by conditions.segment_id, conditions.condition_number
            ) as last_group,
            min(case when conditions.is_negated then 1 else 0 end) over (
                partition by conditions.segment_id
            ) as least_negation
        from {{ model }} as conditions
        inner join {{ ref('segments') }} as segments
            on conditions.segment_id = segments.segment_id
    ),

    problems as (
        select *, case
            when hit_type is null and goal_id is null and session_field is null
                then 'asks for nothing: hit_type, goal_id or session_field'
            when hit_type is not null and goal_id is not null
                then 'asks for a hit and for a conversion'
            when hit_type is null and coalesce(
                hit_name, page_pattern, cast(minimum_value as {{ dbt.type_string() }})
            ) is not null
                then 'asks for a hit without a hit_type'
            when
                (session_field is null) != (operator is null)
                or (session_field is null) != (value is null)
                then 'session_field, operator and value belong together'
            when
                (session_field in (
                    'session_number', 'duration_seconds', 'hits', 'page_views', 'clicks',
                    'form_submissions', 'conversions', 'revenue'
                )) != (operator in ('at least', 'at most'))
                then 'numbers are compared by at least and at most, and nothing else is'
            when
                operator in ('at least', 'at most')
                and {{ dbt.safe_cast('value', 'decimal(18, 4)') }} is null
                then 'the value is no number'
            when steps != last_step or first_group != last_group
                then 'the steps are not 1 and 2 of one group'
            when within_minutes is not null and step_number = 1
                then 'within_minutes is of step 2'
            when step_number < last_step and coalesce(at_least, within_days) is not null
                then 'at_least and within_days are of the last step'
            when at_least < 1 or within_days < 1 or within_minutes < 0
                then 'at_least and within_days are 1 or more'
            when within_days is not null and scope != 'person'
                then 'within_days is of segments of persons'
            when scope = 'hit' and (hit_type is null or steps > 1 or at_least > 1)
                then 'a segment of hits asks for one hit, by its hit_type'
            when scope = 'hit' and least_negation = 1
                then 'a segment of hits asks for something that is so'
        end as problem
        from conditions
    )

    select segment_id, condition_number, step_number, problem
    from problems
    where problem is not null
{% endtest %}
