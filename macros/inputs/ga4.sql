{# A parameter of a GA4 event as text, whichever of its value's types it has. The keys and
   values of the parameters are the columns param_keys and param_values. #}
{% macro ga4_param(name) -%}
    {%- set value = "param_values[list_position(param_keys, '" ~ name ~ "')]" -%}
    coalesce(
        {{ json_text(value, 'string_value') }},
        {{ json_text(value, 'int_value') }},
        {{ json_text(value, 'double_value') }},
        {{ json_text(value, 'float_value') }}
    )
{%- endmacro %}


{# A field of a JSON object as text; null where it is missing, null or empty. #}
{% macro json_text(json, path) -%}
    nullif(json_extract_string(cast({{ json }} as string), '$.{{ path }}'), '')
{%- endmacro %}


{# A number as text of so many digits that text sorts as the numbers do. #}
{% macro sortable(number, digits) -%}
    lpad(coalesce(cast({{ number }} as string), ''), {{ digits }}, '0')
{%- endmacro %}


{# A tag that says something: GA4 writes what it does not know in brackets. #}
{% macro ga4_tag(value) -%}
    case when {{ value }} not in (
        '(not set)', '(none)', '(direct)', '(not provided)', '(data deleted)'
    ) then {{ value }} end
{%- endmacro %}


{#
    When a row of the export counts as arrived: on the day after its own. A row of the
    table of a whole day comes before the same one of events_intraday_, whenever the two
    were exported, so that it is the one that counts.
#}
{% macro ga4_load_time() -%}
    try_strptime(cast(event_date as string), '%Y%m%d') + case
        when file_path like '%intraday%' then interval 1 day + interval 1 microsecond
        else interval 1 day
    end
{%- endmacro %}
