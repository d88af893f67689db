{# The columns of plain hits that may be absent. #}
{% macro optional_columns() %}
    {% do return([
        'hit_id', 'site_id', 'user_id', 'loaded_at', 'hit_type', 'hit_name',
        'page_url', 'page_title', 'referrer_url', 'user_agent', 'ip',
        'country_code', 'language', 'utm_source', 'utm_medium', 'utm_campaign',
        'utm_term', 'utm_content', 'value', 'currency', 'source_session_id',
    ]) %}
{% endmacro %}


{% macro plain_endings() %}
    {% do return({
        'parquet': ['.parquet'],
        'csv': ['.csv', '.csv.gz'],
        'json': ['.json', '.jsonl', '.ndjson', '.json.gz', '.jsonl.gz', '.ndjson.gz'],
    }) %}
{% endmacro %}


{#
    The rows of the plain files that this run reads, columns by name; a column
    that no file has is null. Text is parsed once, in `read_plain_text`.
#}
{% macro read_plain_hits(text_rows) %}
    {{ return(adapter.dispatch('read_plain_hits', 'footfall')(text_rows)) }}
{% endmacro %}

{% macro spark__read_plain_hits(text_rows) %}
    select * from {{ text_rows }}
{% endmacro %}

{% macro default__read_plain_hits(text_rows) %}
    {% set parts = parts_to_read('plain') %}
    {% if parts %}
        {{ read_parts('plain', parts, ['visitor_id', 'event_at'] + optional_columns()) }}
        union all by name
    {% endif %}
    {% set parquet = files_to_read('plain', plain_endings().parquet) %}
    {% if parquet %}
        select
            *,
            filename as file_path,
            file_row_number + 1 as file_row
        from read_parquet(
            [{{ quoted_list(parquet) }}], union_by_name = true, filename = true, file_row_number = true
        )
        union all by name
    {% endif %}
    select * from {{ text_rows }}
{% endmacro %}


{# The rows of CSV and JSON files. The last branch has no rows: it only names the
   columns, and types what would be typeless. #}
{% macro read_plain_text() %}
    {{ return(adapter.dispatch('read_plain_text', 'footfall')()) }}
{% endmacro %}

{# On Spark these are all rows, Parquet or not. #}
{% macro spark__read_plain_text() %}
    {{ read_rows('plain', ['visitor_id', 'event_at'] + optional_columns()) }}
{% endmacro %}

{% macro default__read_plain_text() %}
    {% set csv = files_to_read('plain', plain_endings().csv) %}
    {% set json = files_to_read('plain', plain_endings().json) %}
    {% if csv %}
        select
            *,
            filename as file_path,
            row_number() over (partition by filename order by position) as file_row
        from (
            select *, row_number() over () as position
            from {{ read_csv_files(csv) }}
        ) as numbered
        union all by name
    {% endif %}
    {% if json %}
        select
            file_path,
            file_row,
            unnest(from_json(
                case when {{ is_json_object('line') }} then line end,
                '{
                    "visitor_id": "VARCHAR", "event_at": "VARCHAR"
                    {%- for column in optional_columns() %}, "{{ column }}": "VARCHAR"
                    {%- endfor %}
                }'
            )),
            case when {{ is_json_object('line') }} then null else line end as raw_row
        from ({{ read_lines(json) }}) as lines
        union all by name
    {% endif %}
    select
        {% for column in optional_columns() %}
            null as {{ column }},
        {% endfor %}
        {% if not (
            parts_to_read('plain') or files_to_read('plain', plain_endings().parquet) or csv or json
        ) %}
            null as visitor_id,
            null as event_at,
        {% endif %}
        cast(null as string) as raw_row,
        cast(null as string) as file_path,
        cast(null as bigint) as file_row
    where false
{% endmacro %}


{# Every value as text, and rows of too few or too many fields as far as they go:
   what is wrong with a row is then said row by row. Fields may have line breaks, at
   which DuckDB must not begin to read in parallel. #}
{% macro read_csv_files(files) -%}
    read_csv(
        [{{ quoted_list(files) }}], all_varchar = true, header = true, delim = ',', quote = '"',
        escape = '"', strict_mode = false, null_padding = true, union_by_name = true,
        filename = true, parallel = false
    )
{%- endmacro %}


{% macro is_json_object(text) -%}
    case when json_valid({{ text }}) then json_type({{ text }}) = 'OBJECT' else false end
{%- endmacro %}
