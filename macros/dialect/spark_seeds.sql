{# dbt-spark's own puts texts between quotes as they are, so that one with a quote in it
   is no SQL any more. dbt takes the text `null` for none, also where a seed says by
   `meta: {has_text_null: true}` that it means the text. #}
{% macro spark__load_csv_rows(model, agate_table) %}
    {% set types = model.config.get('column_types', {}) %}
    {% set none_as_text = "'null'" if model.config.meta.get('has_text_null') else 'null' %}
    {% set rows = [] %}
    {% for row in agate_table.rows %}
        {% set values = [] %}
        {% for name in agate_table.column_names %}
            {% set value = row[loop.index0] %}
            {% do values.append(
                'cast(' ~ (none_as_text if value is none else quoted(value)) ~ ' as '
                ~ types.get(name, adapter.convert_type(agate_table, loop.index0)) ~ ')'
            ) %}
        {% endfor %}
        {% do rows.append('(' ~ values | join(', ') ~ ')') %}
    {% endfor %}
    {% set statement = 'insert into ' ~ this ~ ' values ' ~ rows | join(', ') %}
    {% do adapter.add_query(statement, abridge_sql_log=true) if rows %}
    {{ return(statement) }}
{% endmacro %}
