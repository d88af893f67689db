{#
    For `dbt source freshness`: when the newest file of a source came, of those that are
    there and those that were read. Of a source of several tables, the newest of the table;
    one that never came does not count. A table in a warehouse is asked for its
    `loaded_at_field`, by dbt's own macro.
#}
{% macro duckdb__collect_freshness(source, loaded_at_field, filter) %}
    {% set int_files = relation_of('int_files') %}
    {% call statement('collect_freshness', fetch_result=True, auto_begin=False) %}
        select
            coalesce(
                max(case
                    when regexp_matches(file_path, '{{ source.identifier }}(?:[^/]*$|/)')
                        then modified_at
                end),
                max(modified_at)
            ) as max_loaded_at,
            cast(now() at time zone 'UTC' as timestamp) as snapshotted_at
        from (
            select format, file_path, modified_at from ({{ list_files() }}) as files
            {% if int_files %}
                union all
                select format, file_path, modified_at from {{ int_files }} where not is_sample
            {% endif %}
        ) as known_files
        where format = '{{ source.schema }}'
    {% endcall %}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}
