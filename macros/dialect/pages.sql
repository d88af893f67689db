{# What the parts of URLs, and what is scrubbed from them, take. #}

{# A URL without its scheme and host. #}
{% macro url_below_host(url) -%}
    regexp_replace({{ url }}, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', '')
{%- endmacro %}


{# The lower-case scheme of a URL that has a host; https stands for http, too. #}
{% macro url_scheme(url) -%}
    regexp_replace(
        regexp_extract(lower({{ url }}), '^([a-z][a-z0-9+.-]*)://', 1), '^https?$', 'https'
    )
{%- endmacro %}


{# The parts of a text between separators, a row for each. #}
{% macro each_part(text, separator) %}
    {{ return(adapter.dispatch('each_part', 'footfall')(text, separator)) }}
{% endmacro %}

{% macro default__each_part(text, separator) -%}
    explode(split({{ text }}, '{{ separator }}'))
{%- endmacro %}

{% macro duckdb__each_part(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}


{# The texts of a group as one, in alphabetical order. #}
{% macro sorted_texts(text, separator) %}
    {{ return(adapter.dispatch('sorted_texts', 'footfall')(text, separator)) }}
{% endmacro %}

{% macro default__sorted_texts(text, separator) -%}
    array_join(sort_array(collect_list({{ text }})), '{{ separator }}')
{%- endmacro %}

{% macro duckdb__sorted_texts(text, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ text }})
{%- endmacro %}


{# A text with every match of a pattern replaced, in which \1 is the first group. #}
{% macro replace_all(text, pattern, replacement) %}
    {{ return(adapter.dispatch('replace_all', 'footfall')(text, pattern, replacement)) }}
{% endmacro %}

{% macro default__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ quoted(pattern) }}, {{ quoted(replacement.replace('\\', '$')) }})
{%- endmacro %}

{% macro duckdb__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ quoted(pattern) }}, {{ quoted(replacement) }}, 'g')
{%- endmacro %}
