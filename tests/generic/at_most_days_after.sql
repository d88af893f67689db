{# Fails where a number of a day is less than another, or greater by more than `days`. #}
{% test at_most_days_after(model, column_name, column, days) %}
    select {{ column_name }}
    from {{ model }}
    where not {{ column_name }} - {{ column }} between 0 and {{ days }}
{% endtest %}
