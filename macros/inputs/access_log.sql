{#
    A line of the common or combined log format, as RE2. Groups: 1 virtual host or
    forwarded addresses (if any), 2 address, 3 signed-in user, 4 time, 5 request,
    6 status, 7 bytes, 8 referrer, 9 user agent, 10 what the server adds. Quoted
    fields may hold \" and may lack their closing quote at the end of a cut line; where
    the server escapes nothing, request and referrer end where what follows them begins.
    What syslog or a container's log put before the line is no part of it.
#}
{% macro access_log_pattern() -%}
    ^\s*{{ line_prefix() }}(?:"?((?:[^\s,"]+, ?)*[^\s,"]+)"? )?((?:[^\s,]+, ?)*\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*|.*?)" (\d{3}) (\d+|-)(?:(?: [^"\s]+)* "((?:[^"\\]|\\.)*|.*?)" "((?:[^"\\]|\\.)*)"?(.*)|\s*|\s[^"].*)$
{%- endmacro %}


{% macro line_prefix() -%}
    (?:(?:(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) \S+ \S+: |\d{4}-\d\d-\d\dT\S+ std(?:out|err) [FP] ))?
{%- endmacro %}


{# The lines of the access logs that this run reads, split into their fields. All
   fields are null where a line is of neither format. #}
{% macro read_access_logs() %}
    {% set fields = [
        'front', 'address', 'user_name', 'logged_at', 'request', 'status', 'bytes',
        'referrer', 'agent', 'additions',
    ] %}
    {{ read_fields('access_logs', access_log_pattern(), fields) }}
{% endmacro %}


{# The lines of the files of a format that this run reads, split by a pattern. #}
{% macro read_fields(format, pattern, fields) %}
    {% set paths = files_to_read(format) %}
    {% set lines -%}
        {% if paths %}
            {{ read_lines(paths) }}
        {% else %}
            select
                cast(null as string) as file_path,
                cast(null as bigint) as file_row,
                cast(null as string) as line
            where false
        {% endif %}
    {%- endset %}
    {{ adapter.dispatch('fields_of_lines', 'footfall')(lines, pattern, fields) }}
{% endmacro %}


{% macro default__fields_of_lines(lines, pattern, fields) %}
    select
        file_path,
        file_row,
        line,
        {% for field in fields -%}
            field.{{ field }}{{ '' if loop.last else ',' }}
        {% endfor %}
    from (
        select
            *,
            case when regexp_matches(line, {{ quoted(pattern) }})
                then regexp_extract(
                    line, {{ quoted(pattern) }}, ['{{ fields | join("', '") }}']
                )
            end as field
        from ({{ lines }}) as lines
        where line is not null
    ) as split_lines
{% endmacro %}
