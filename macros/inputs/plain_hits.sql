{# The columns of plain hits that may be absent. #}
{% macro optional_columns() %}
    {% do return([
        'hit_id', 'site_id', 'user_id', 'loaded_at', 'hit_type', 'hit_name',
        'page_url', 'page_title', 'referrer_url', 'user_agent', 'ip',
        'country_code', 'language', 'utm_source', 'utm_medium', 'utm_campaign',
        'utm_term', 'utm_content', 'value', 'currency', 'source_session_id',
    ]) %}
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
    {% set parquet = files_to_read('plain', file_endings().parquet) %}
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


{# The rows of text and JSON files. #}
{% macro read_plain_text() %}
    {{ return(adapter.dispatch('read_plain_text', 'footfall')()) }}
{% endmacro %}

{# On Spark these are all rows, Parquet or not. #}
{% macro spark__read_plain_text() %}
    {{ read_rows('plain', ['visitor_id', 'event_at'] + optional_columns()) }}
{% endmacro %}

{% macro default__read_plain_text() %}
    {{ read_rows(
        'plain', ['visitor_id', 'event_at'] + optional_columns(), kinds=['text', 'json']
    ) }}
{% endmacro %}


{% macro is_json_object(text) -%}
    case when json_valid({{ text }}) then json_type({{ text }}) = 'OBJECT' else false end
{%- endmacro %}
