{# dbt-spark's own puts texts between quotes as they are, so that one with a quote in it
   is no SQL any more. #}
{% macro spark__load_csv_rows(model, agate_table) %}
    {% set types = model.config.get('column_types', {}) %}
    {% set rows = [] %}
    {% for row in agate_table.rows %}
        {% set values = [] %}
        {% for name in agate_table.column_names %}
            {% set value = row[loop.index0] %}
            {% do values.append(
                'cast(' ~ ('null' if value is none else quoted(value)) ~ ' as '
                ~ types.get(name, adapter.convert_type(agate_table, loop.index0)) ~ ')'
            ) %}
        {% endfor %}
        {% do rows.append('(' ~ values | join(', ') ~ ')') %}
    {% endfor %}
    {% set statement = 'insert into ' ~ this ~ ' values ' ~ rows | join(', ') %}
    {% do adapter.add_query(statement, abridge_sql_log=true) if rows %}
    {{ return(statement) }}
{% endmacro %}
