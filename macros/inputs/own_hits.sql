{# The setting `own_columns`: which column of one's own is which column of a hit. #}
{% macro own_columns() %}
    {% set columns = var('own_columns') or {} %}
    {% set known = ['visitor_id', 'event_at', 'ip'] + optional_columns() %}
    {% for column in columns if column not in known %}
        {% do exceptions.raise_compiler_error(
            "Setting own_columns: '" ~ column ~ "' is no column of a hit; these are "
            ~ known | unique | join(', ') ~ "."
        ) %}
    {% endfor %}
    {% if 'event_at' not in columns %}
        {% do exceptions.raise_compiler_error(
            "Setting own_columns: no column is said to be event_at."
        ) %}
    {% elif 'visitor_id' not in columns and not ('ip' in columns and 'user_agent' in columns) %}
        {% do exceptions.raise_compiler_error(
            "Setting own_columns: no column is said to be visitor_id, nor are ip and"
            ~ " user_agent, of which one could be made."
        ) %}
    {% endif %}
    {% do return(columns) %}
{% endmacro %}


{# The column of one's own that is said to be a column of a hit, as text; null if
   none is. #}
{% macro own(column) -%}
    {%- set name = own_columns().get(column) -%}
    {{ text_or_null('"' ~ name ~ '"') if name else 'cast(null as string)' }}
{%- endmacro %}


{# Without visitor ids a visitor is a hash of site, address and user agent. #}
{% macro own_visitor() -%}
    {{ own('visitor_id') if 'visitor_id' in own_columns()
        else request_visitor(own('site_id'), own('ip'), own('user_agent')) }}
{%- endmacro %}


{% macro own_time(column) -%}
    {%- set name = own_columns().get(column) -%}
    {%- if name -%}
        coalesce({{ utc_timestamp('"' ~ name ~ '"') }}, {{ unix_timestamp('"' ~ name ~ '"') }})
    {%- else -%}
        cast(null as timestamp)
    {%- endif -%}
{%- endmacro %}
