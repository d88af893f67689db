{#
    Tables of a warehouse in the place of files: `table:schema.name`, several with commas
    between them, `*` in a name for any text. Rows are read in parts, each the rows of an
    hour by the first of the columns `parted_by` (see formats.sql) that the table has, or
    the whole table where it has none. A part is what a file is: it has a name, is read
    again when it changed, and what was accepted of it once stays.
#}
{% macro is_table(path) %}
    {% do return(path.startswith('table:')) %}
{% endmacro %}


{# The tables that a format's variable names: name, relation, and columns by their names in
   lower case. Looked up once a run. #}
{% macro tables_of_input(input) %}
    {% if not execute %}
        {% do return([]) %}
    {% endif %}
    {% set known = graph.setdefault('footfall_tables', {}) %}
    {% set pattern = input_pattern(input) %}
    {% if pattern not in known %}
        {% set tables = [] %}
        {% for name in pattern[6:].split(',') | map('trim') %}
            {% set found = tables_like(name) %}
            {% if not found %}
                {% do exceptions.raise_compiler_error(
                    input.variable ~ ": there is no table '" ~ name ~ "'."
                ) %}
            {% endif %}
            {% do tables.extend(found) %}
        {% endfor %}
        {% do known.update({pattern: tables}) %}
    {% endif %}
    {% do return(known[pattern]) %}
{% endmacro %}


{# The tables whose name is like schema.name or database.schema.name. #}
{% macro tables_like(name) %}
    {% set parts = name.split('.') %}
    {% set schema = parts[-2] if parts | length > 1 else target.schema %}
    {% set database = parts[-3] if parts | length > 2 else default_table_database() %}
    {% set pattern = '^' ~ modules.re.escape(parts[-1]).replace('\\*', '.*') ~ '$' %}
    {% set tables = [] %}
    {% for identifier in names_of_tables(database, schema) | sort
        if modules.re.match(pattern, identifier, modules.re.IGNORECASE) %}
        {% set relation = api.Relation.create(
            database=database, schema=schema, identifier=identifier
        ) %}
        {% set columns = {} %}
        {% for column in adapter.get_columns_in_relation(relation) %}
            {% do columns.update({column.name.lower(): {
                'name': adapter.quote(column.name), 'type': type_word(column.dtype)
            }}) %}
        {% endfor %}
        {% do tables.append({
            'name': (parts[:-1] + [identifier]) | join('.'),
            'relation': relation,
            'columns': columns,
        }) %}
    {% endfor %}
    {% do return(tables) %}
{% endmacro %}


{# The tables and views of a schema. #}
{% macro names_of_tables(database, schema) %}
    {{ return(adapter.dispatch('names_of_tables', 'footfall')(database, schema)) }}
{% endmacro %}

{% macro default__names_of_tables(database, schema) %}
    {% do return(values_of(
        "select table_name from information_schema.tables where table_catalog = " ~ quoted(database)
        ~ " and lower(table_schema) = lower(" ~ quoted(schema) ~ ")"
    )) %}
{% endmacro %}

{% macro spark__names_of_tables(database, schema) %}
    {% do return(run_query("show tables in " ~ schema).columns['tableName'].values()) %}
{% endmacro %}


{# Where tables are whose name says no database. #}
{% macro default_table_database() %}
    {{ return(adapter.dispatch('default_table_database', 'footfall')()) }}
{% endmacro %}

{% macro default__default_table_database() %}
    {% do return(target.get('database')) %}
{% endmacro %}

{# The plugin attaches the other database under this name. #}
{% macro duckdb__default_table_database() %}
    {% do return('source' if env_var('FOOTFALL_SOURCE_DATABASE', '') else target.database) %}
{% endmacro %}


{# A type in DuckDB's words; what is nested has a bracket. #}
{% macro type_word(data_type) %}
    {% set word = data_type.upper() %}
    {% do return({'STRING': 'VARCHAR', 'INT': 'INTEGER', 'TIMESTAMP_NTZ': 'TIMESTAMP'}.get(
        word, word ~ ('(' if '<' in word else '')
    )) %}
{% endmacro %}


{# The table, of those that a format's variable names, to which a part belongs. #}
{% macro table_of_part(format, path) %}
    {% for table in tables_of_input(input_formats()[format])
        if (path ~ ' ').startswith('table:' ~ table.name ~ ' ') %}
        {% do return(table) %}
    {% endfor %}
{% endmacro %}


{# The columns of a table by which it is parted: one or none. #}
{% macro part_column(format, table) %}
    {% set input = input_of_file({'format': format, 'file_path': 'table:' ~ table.name}) %}
    {% for name in input.get('parted_by', []) if name.lower() in table.columns %}
        {% do return(table.columns[name.lower()]) %}
    {% endfor %}
    {% do return(none) %}
{% endmacro %}


{# The instant by which a row is of a part. Text may be a date like 20260302, or a Unix
   time; what says none counts for 1970. #}
{% macro part_time(column) -%}
    {%- if is_time_type(column.type) -%}
        coalesce({{ utc_timestamp(column.name) }}, timestamp '1970-01-01 00:00:00')
    {%- else -%}
        {%- set text = "cast(" ~ column.name ~ " as string)" -%}
        coalesce(
            case when length({{ text }}) = 8 then try_cast(
                substr({{ text }}, 1, 4) || '-' || substr({{ text }}, 5, 2)
                || '-' || substr({{ text }}, 7, 2) as timestamp
            ) end,
            {{ utc_timestamp(text) }},
            {{ unix_timestamp(text) }},
            timestamp '1970-01-01 00:00:00'
        )
    {%- endif -%}
{%- endmacro %}


{% macro is_time_type(type) %}
    {% do return(type.startswith('TIMESTAMP') or type == 'DATE') %}
{% endmacro %}


{# What a part is called, by the first hour of its time. #}
{% macro part_name(table, part_hour) -%}
    {{ quoted('table:' ~ table.name ~ ' ') }} || substr(cast({{ part_hour }} as string), 1, 13)
{%- endmacro %}


{# The parts of the tables of a format, as files are listed. In the place of the size is a
   number that differs when rows come, go, or have another time. #}
{% macro parts_of_tables(format) %}
    {% set queries = [] %}
    {% for table in tables_of_input(input_formats()[format]) %}
        {% set column = part_column(format, table) %}
        {% do queries.append(
            parts_by_time(format, table, column) if column else whole_part(table)
        ) %}
    {% endfor %}
    {% do return(queries | join(' union all ')) %}
{% endmacro %}


{% macro parts_by_time(format, table, column) %}
    {% set counted = table.columns.get(input_formats()[format].get('counted_by')) %}
    select
        {{ part_name(table, 'part_hour') }} as file_path,
        {{ hash_key("concat_ws('|', cast(part_rows as string), cast(times as string)"
            ~ ", cast(counted as string))") }} as bytes,
        last_time as modified_at
    from (
        select
            {{ dbt.date_trunc('hour', 'part_time') }} as part_hour,
            count(*) as part_rows,
            sum(cast({{ epoch_microseconds('part_time') }} as decimal(20, 0))) as times,
            sum(counted) as counted,
            max(part_time) as last_time
        from (
            select
                {{ part_time(column) }} as part_time,
                {{ 'try_cast(' ~ counted.name ~ ' as decimal(20, 0))' if counted
                    else 'cast(null as decimal(20, 0))' }} as counted
            from {{ table.relation }}
        ) as times
        group by 1
    ) as hours
{% endmacro %}


{% macro whole_part(table) %}
    {% set names = table.columns.values() | map(attribute='name') | list %}
    select
        {{ quoted('table:' ~ table.name) }} as file_path,
        {{ hash_key("concat_ws('|', cast(count(*) as string), cast(sum(cast("
            ~ hash_key(row_text(names)) ~ " as decimal(20, 0))) as string))") }} as bytes,
        timestamp '1970-01-01 00:00:00' as modified_at
    from {{ table.relation }}
    having count(*) > 0
{% endmacro %}


{# The rows of parts: the columns that are named as far as the table has them, and the
   place of the row, which depends on nothing but the part's rows. What is nested is given
   as JSON. #}
{% macro read_parts(format, paths, columns) %}
    {% set parts_by_table = {} %}
    {% for path in paths %}
        {% set table = table_of_part(format, path) %}
        {% do parts_by_table.setdefault(table.name, [table, []])[1].append(path) %}
    {% endfor %}
    {% for table, parts in parts_by_table.values() %}
        {{ read_parts_of_table(format, table, parts, columns) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}


{% macro read_parts_of_table(format, table, parts, columns) %}
    {% set column = part_column(format, table) %}
    select
        {% for name in columns -%}
            {{ json_or_value(table.columns.get(name.lower())) }} as {{ adapter.quote(name) }},
        {% endfor -%}
        cast(null as string) as raw_row,
        file_path,
        row_number() over (
            partition by file_path
            order by {{ hash_key(row_text(table.columns.values() | map(attribute='name'))) }}
        ) as file_row
    from (
        select
            *,
            {{ part_name(table, dbt.date_trunc('hour', part_time(column))) if column
                else quoted(parts[0]) }} as file_path
        from {{ table.relation }}
        {% if column -%} where {{ bounds_of_parts(column, parts) }} {%- endif %}
    ) as rows_of_table
    where file_path in ({{ quoted_list(parts) }})
{% endmacro %}


{# Text, but for what has another text in each warehouse. #}
{% macro json_or_value(column) -%}
    {%- if not column -%}
        null
    {%- elif '[' in column.type or '(' in column.type and 'DECIMAL' not in column.type -%}
        cast(to_json({{ column.name }}) as string)
    {%- elif is_time_type(column.type) or column.type == 'BLOB' -%}
        {{ column.name }}
    {%- else -%}
        cast({{ column.name }} as string)
    {%- endif -%}
{%- endmacro %}


{# Lets the warehouse pass over what lies outside. Rows without a time are all in one
   part, which 1970 stands for. #}
{% macro bounds_of_parts(column, parts) -%}
    {%- set hours = [] -%}
    {%- for part in parts -%}{%- do hours.append(part[-13:]) -%}{%- endfor -%}
    {%- if column.type == 'TIMESTAMP' and '1970-01-01 00' not in hours -%}
        {{ column.name }} >= timestamp '{{ hours | min }}:00:00'
        and {{ column.name }} < timestamp '{{ hours | max }}:00:00' + interval 1 hour
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
