{# How Spark lists and reads raw files. Values are read as text, as staging expects. #}

{# The files that match a pattern: file_path, bytes, modified_at. Paths are given as
   DuckDB gives them: of this machine without `file:`, and relative if the pattern is. #}
{% macro spark__files_like(pattern) -%}
    select {{ shown_path('path', pattern) }} as file_path, length as bytes,
    date_trunc('second', modificationTime) as modified_at from binaryFile.`{{ pattern }}`
{%- endmacro %}


{% macro shown_path(path, pattern) -%}
    {%- set local_path = "regexp_replace(" ~ path ~ ", '^file:/+', '/')" -%}
    {%- if pattern.startswith('/') or '://' in pattern -%}
        {{ local_path }}
    {%- else -%}
        replace({{ local_path }}, {{ quoted(project_folder() ~ '/') }}, '')
    {%- endif -%}
{%- endmacro %}


{# Where the project lies; of all nodes, seeds know. #}
{% macro project_folder() %}
    {% do return(graph.nodes['seed.footfall.sites'].root_path if execute else '') %}
{% endmacro %}


{# One path that stands for several, as Hadoop's globs have it. #}
{% macro path_of_all(paths) %}
    {% if paths | length == 1 %}
        {% do return(paths[0]) %}
    {% endif %}
    {% set roots = {} %}
    {% for path in paths %}
        {% set root = modules.re.match('(?:[a-z0-9]+://[^/]*)?/?', path).group(0) %}
        {% do roots.setdefault(root, []).append(path[root | length:]) %}
    {% endfor %}
    {% if roots | length > 1 %}
        {% do exceptions.raise_compiler_error(
            "Files of one format must lie in one file system, not in "
            ~ roots.keys() | join(' and ') ~ "."
        ) %}
    {% endif %}
    {% for root, rests in roots.items() %}
        {% do return(root ~ '{' ~ rests | join(',') ~ '}') %}
    {% endfor %}
{% endmacro %}


{# Spark percent-encodes the path that it gives beside a row. #}
{% macro path_beside_row(paths) -%}
    {{ shown_path(percent_decoded('_metadata.file_path'), paths[0]) }}
{%- endmacro %}


{# A line with a byte that is no UTF-8 is taken for Latin-1. #}
{% macro spark__read_lines(paths) %}
    select
        file_path,
        row_number() over (partition by file_path order by block_start, position) as file_row,
        nullif(line, '') as line
    from (
        select
            {{ path_beside_row(paths) }} as file_path,
            _metadata.file_block_start as block_start,
            monotonically_increasing_id() as position,
            regexp_replace(
                case
                    when is_valid_utf8(value) then value
                    else decode(cast(value as binary), 'ISO-8859-1')
                end,
                '[\x00-\x08\x0a-\x1f\x7f-\x9f]', chr(65533)
            ) as line
        from text.`{{ path_of_all(paths) }}`
    ) as lines
{% endmacro %}


{# The fields of lines, by one pass of the pattern; null where a line does not match. #}
{% macro spark__fields_of_lines(lines, pattern, fields) %}
    select
        file_path,
        file_row,
        line,
        {% for field in fields -%}
            field[{{ loop.index0 }}] as {{ field }}{{ '' if loop.last else ',' }}
        {% endfor %}
    from (
        select
            *,
            case when regexp_like(line, {{ quoted(pattern) }})
                then split(
                    regexp_replace(line, {{ quoted(pattern) }}, '
                        {%- for field in fields %}${{ loop.index }}{{ '' if loop.last else '\x1f' }}{% endfor %}'),
                    '\x1f', -1
                )
            end as field
        from ({{ lines }}) as lines
        where line is not null
    ) as split_lines
{% endmacro %}


{# Files with columns of these names, in groups of the same columns, since Spark takes
   the columns of one file for those of all. #}
{% macro spark__read_rows(format, columns, tables, model_name, kinds) %}
    {% set parts = [] %}
    {% set groups = {} %}
    {% for path in unread_paths(format, tables, model_name) if is_table(path) %}
        {% do parts.append(path) %}
    {% endfor %}
    {% for path in unread_paths(format, tables, model_name) if not is_table(path) %}
        {% set kind = kind_of_file(format, path) %}
        {% set types = columns_of_file({'format': format, 'file_path': path}) if kind != 'json' else {} %}
        {% do groups.setdefault(kind ~ types, [kind, types, []])[2].append(path) %}
    {% endfor %}
    select
        {% for column in columns -%}
            cast(null as string) as `{{ column }}`,
        {% endfor %}
        cast(null as string) as raw_row,
        cast(null as string) as file_path,
        cast(null as bigint) as file_row
    where false
    {% if parts %}
        union all
        {{ read_parts(format, parts, columns) }}
    {% endif %}
    {% for kind, types, paths in groups.values() %}
        union all
        {% if kind == 'json' %}
            {{ read_json_lines(paths, columns) }}
        {% else %}
            {{ read_columns(kind, types, paths, columns) }}
        {% endif %}
    {% endfor %}
{% endmacro %}


{% macro read_json_lines(paths, columns) %}
    select
        {% for column in columns -%}
            fields['{{ column }}'],
        {% endfor %}
        case when fields is null then line end as raw_row,
        file_path,
        file_row
    from (
        select
            *,
            case when left(ltrim(line), 1) = '{' and try_parse_json(line) is not null
                then from_json(line, 'map<string, string>')
            end as fields
        from ({{ read_lines(paths) }}) as lines
        where line is not null
    ) as rows_of_json
{% endmacro %}


{# What is nested is given as JSON. #}
{% macro read_columns(kind, types, paths, columns) %}
    select
        {% for column in columns -%}
            {{ 'null' if column.lower() not in types
                else 'to_json(`' ~ column ~ '`)' if '(' in types[column.lower()]
                else 'cast(`' ~ column ~ '` as string)' }},
        {% endfor %}
        null as raw_row,
        file_path,
        {{ 'row_index + 1' if kind == 'parquet' else
            'row_number() over (partition by file_path order by position)' }} as file_row
    from (
        select
            *,
            {{ path_beside_row(paths) }} as file_path,
            {{ '_metadata.row_index' if kind == 'parquet' else
                'monotonically_increasing_id() as position' }}
        from {{ 'parquet' if kind == 'parquet' else 'csv' }}.`{{ path_of_all(paths) }}`
        {% if kind != 'parquet' -%}
            with (
                header = true, multiLine = true, escape = '"', enforceSchema = false,
                delimiter = '{{ '\t' if '.tsv' in paths[0] else ',' }}'
            )
        {%- endif %}
    ) as rows_with_place
{% endmacro %}


{# The type of each column of a file, in DuckDB's words, by its name in lower case. #}
{% macro spark__columns_of_file(file) %}
    {% set kind = kind_of_file(file.format, file.file_path) %}
    {% set words = {
        'string': 'VARCHAR', 'timestamp': 'TIMESTAMP', 'timestamp_ntz': 'TIMESTAMP',
        'date': 'DATE', 'int': 'INTEGER', 'bigint': 'BIGINT', 'double': 'DOUBLE', 'void': '"NULL"',
    } %}
    {% set types = {} %}
    {% if kind == 'json' %}
        {% for key in values_of(
            "select distinct explode(map_keys(from_json(value, 'map<string, string>'))) from"
            ~ " (select value from text.`" ~ file.file_path ~ "` limit 1000) as first_lines"
        ) %}
            {% do types.update({key.lower(): 'VARCHAR'}) %}
        {% endfor %}
    {% elif kind %}
        {% for row in run_query(
            "describe query select * from " ~ ('parquet' if kind == 'parquet' else 'csv')
            ~ ".`" ~ file.file_path ~ "`" ~ (" with (header = true)" if kind == 'text' else "")
        ).rows %}
            {% do types.update({row[0].lower(): words.get(row[1], row[1].upper() ~ ('(' if '<' in row[1] else ''))}) %}
        {% endfor %}
    {% else %}
        {% do refuse_kind_of_file(file) %}
    {% endif %}
    {% do return(types) %}
{% endmacro %}
