{# Fails on every goal that would count each session there is. #}
{% test goal_asks_for_something(model) %}
    select goal_id
    from {{ model }} as goals
    where
        not {{ asks_for_a_hit('goals') }}
        and minimum_seconds is null
        and minimum_page_views is null
{% endtest %}
