{# Fails on every rule that would tell of each date there is. #}
{% test alert_rule_asks_for_something(model) %}
    select alert_rule
    from {{ model }}
    where coalesce(below, above, least_drop_percent, least_rise_percent, least_deviations) is null
{% endtest %}
