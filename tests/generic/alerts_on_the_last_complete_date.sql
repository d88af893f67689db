{# Finds the alerts that are news. #}
{% test alerts_on_the_last_complete_date(model) %}
    select sentence
    from {{ model }}
    where is_latest
{% endtest %}
