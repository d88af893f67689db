{# How the fiscal year is divided: `months` or `4-4-5`. #}
{% macro fiscal_calendar() %}
    {% set setting = var('fiscal_calendar') %}
    {% set first_month = var('fiscal_year_first_month') %}
    {% if setting not in ['months', '4-4-5'] %}
        {% do exceptions.raise_compiler_error(
            "Setting fiscal_calendar: '" ~ setting ~ "' is none of months, 4-4-5."
        ) %}
    {% elif first_month not in range(1, 13) %}
        {% do exceptions.raise_compiler_error(
            "Setting fiscal_year_first_month: '" ~ first_month ~ "' is no number from 1 to 12."
        ) %}
    {% endif %}
    {% do return(setting) %}
{% endmacro %}
