{# Fails on every value that is no time zone that the database knows. #}
{% test known_time_zone(model, column_name) %}
    select {{ column_name }}
    from {{ model }}
    where not ({{ is_time_zone(column_name) }})
{% endtest %}
