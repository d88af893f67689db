{#
    Fails on every combination of `columns` that occurs more than once. Nulls
    count as equal.
#}
{% test unique_grain(model, columns) %}
    select
        {{ columns | join(', ') }},
        count(*) as occurrences
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
