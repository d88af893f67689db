{#
    Schemas are named as in dbt_project.yml, without the target's name in front:
    BI tools rely on `marts`.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
