{# Whether the share of hits that say something is far below that of the days before, on
   a day that should have 20 such hits. Needs the columns hits and hits_before. #}
{% macro is_coverage_lost(hits_that_say, said_before) -%}
    {{ said_before }} * hits >= 20 * hits_before
    and {{ hits_that_say }} * hits_before < {{ var('source_drop_share') }} * {{ said_before }} * hits
{%- endmacro %}
