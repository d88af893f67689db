{# Says in one sentence what is wrong with the named input, before anything is
   built. Files that were read before are not looked at again. #}
{% macro check_inputs() %}
    {% set int_files = relation_of('int_files') %}
    {% if int_files and reads_sample() and value_of(
        "select count(*) from " ~ int_files ~ " where not is_sample"
    ) > 0 %}
        {% do exceptions.raise_compiler_error(
            "This database holds hits of your own, but no input is named. Set "
            ~ input_formats().values() | map(attribute='variable') | join(' or ')
            ~ ", or another FOOTFALL_DATABASE to build the sample."
        ) %}
    {% endif %}
    {% for format, input in input_formats().items() if input_pattern(input) %}
        {% if is_table(input_pattern(input)) %}
            {% do check_tables(format, input) %}
        {% elif not value_of(
            "select count(*) from (" ~ files_like(input_pattern(input)) ~ ") as files"
        ) %}
            {% do exceptions.raise_compiler_error(
                input.variable ~ ": no file matches '" ~ input_pattern(input) ~ "'."
            ) %}
        {% endif %}
    {% endfor %}
    {% set new_files = run_query(
        "select format, file_path, bytes != 0 and " ~ is_there('file_path')
        ~ " as has_content from (" ~ list_files() ~ ") as files"
        ~ (" where not exists (select 1 from " ~ int_files ~ " as known where"
           ~ " known.file_path = files.file_path and known.bytes = files.bytes"
           ~ " and known.modified_at = files.modified_at)" if int_files else "")
        ~ " order by format, file_path"
    ).rows %}
    {% set empty_files = [] %}
    {% for file in new_files %}
        {% if is_table(file.file_path) %}
            {% do check_tables_beside(file) %}
        {% elif not file.has_content %}
            {% do empty_files.append(file.file_path) %}
        {% elif 'line_pattern' in input_formats()[file.format] %}
            {% do check_lines(file) %}
        {% else %}
            {% do check_columns(file) %}
            {% do check_tables_beside(file) %}
        {% endif %}
    {% endfor %}
    {% if empty_files %}
        {% do exceptions.warn(
            "Empty, and read when they are not any more: " ~ first_of(empty_files) ~ "."
        ) %}
    {% endif %}
    {% do warn_of_unread_columns(new_files) %}
{% endmacro %}


{% macro first_of(names) %}
    {% do return(names[:5] | join(', ')
        ~ (" and " ~ (names | length - 5) ~ " others" if names | length > 5 else "")) %}
{% endmacro %}


{# Columns of plain hits that no hit has: mistyped ones would be missed by nobody. #}
{% macro warn_of_unread_columns(new_files) %}
    {% set known = input_formats().plain.needs + optional_columns() %}
    {% set unread = {} %}
    {% for file in new_files if file.format == 'plain' and file.has_content %}
        {% set of_table = is_table(file.file_path) %}
        {% for column in columns_of_file(file) if column not in known
            and not (of_table and is_known_table(file.file_path)) %}
            {% do unread.setdefault(column, file.file_path) %}
        {% endfor %}
    {% endfor %}
    {% set words = [] %}
    {% for column, file_path in unread.items() %}
        {% set nearest = nearest_name(column, known) %}
        {% do words.append(column ~ (" (" ~ nearest ~ "?)" if nearest else "")
            ~ " in '" ~ file_path ~ "'") %}
    {% endfor %}
    {% if words %}
        {% do exceptions.warn(
            input_formats().plain.variable ~ ": columns that are none of a hit are not read: "
            ~ first_of(words) ~ "."
        ) %}
    {% endif %}
{% endmacro %}


{# Whether parts of a table were read before. #}
{% macro is_known_table(part) %}
    {% set int_files = relation_of('int_files') %}
    {% set table = 'table:' ~ table_of_part('plain', part).name %}
    {% do return(int_files and value_of(
        "select count(*) from " ~ int_files ~ " where file_path like " ~ quoted(table ~ ' %')
    )) %}
{% endmacro %}


{# The name that is like another, but for a third of its letters; none if none is. #}
{% macro nearest_name(name, names) %}
    {% set queries = [] %}
    {% for other in names %}
        {% do queries.append("select " ~ quoted(other) ~ " as name, levenshtein("
            ~ quoted(other) ~ ", " ~ quoted(name) ~ ") as distance") %}
    {% endfor %}
    {% do return(value_of(
        "select name from (" ~ queries | join(" union all ") ~ ") as names"
        ~ " where 3 * distance <= " ~ name | length ~ " order by distance, name limit 1"
    )) %}
{% endmacro %}


{# Of formats whose tables may be named. #}
{% macro check_tables(format, input) %}
    {% if 'needs' not in input and 'tables' not in input %}
        {% do exceptions.raise_compiler_error(
            input.variable ~ ": lines are read from files only, not from a table."
        ) %}
    {% endif %}
    {% for table in tables_of_input(input) %}
        {% do check_columns({'format': format, 'file_path': 'table:' ~ table.name}) %}
    {% endfor %}
{% endmacro %}


{# Of a format whose hits are put together from rows of several tables: an export is read
   as a whole, so that no hit depends on what comes later. #}
{% macro check_tables_beside(file) %}
    {% set export = export_of_file(file.format, file.file_path)
        if 'tables' in input_formats()[file.format] %}
    {% for needed in input_of_file(file).get('beside_it', []) %}
        {% if not value_of(
            "select count(*) from (" ~ list_files() ~ ") as files where format = '"
            ~ file.format ~ "' and file_path like '%" ~ needed ~ "%' and "
            ~ export_of('format', 'file_path') ~ " = " ~ quoted(export)
        ) %}
            {% do refuse_file(file, "has no file of " ~ needed ~ " beside it; the files of an"
                ~ " export must be there together, their paths the same but for the names of"
                ~ " the tables") %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{% macro refuse_file(file, problem) %}
    {% do exceptions.raise_compiler_error(
        input_formats()[file.format].variable ~ ": the " ~ (
            "table '" ~ file.file_path[6:] if is_table(file.file_path)
            else "file '" ~ file.file_path
        ) ~ "' " ~ problem ~ "."
    ) %}
{% endmacro %}


{# Of files that are split line by line. #}
{% macro check_lines(file) %}
    {% do check_encoding(file) %}
    {% set input = input_formats()[file.format] %}
    {% if not value_of(
        "select count(*) from (select line from ("
        ~ read_lines([file.file_path])
        ~ ") as lines limit 1000) as first_lines where "
        ~ matches('line', quoted(input.line_pattern))
    ) %}
        {% do refuse_file(file, "holds no " ~ input.line_name ~ " among its first 1,000") %}
    {% endif %}
{% endmacro %}


{# Of files that have columns. #}
{% macro check_columns(file) %}
    {% set input = input_of_file(file) %}
    {% set types = columns_of_file(file) %}
    {% for needed in input.needs if not needed.split(' or ') | select('in', types) | list %}
        {% do refuse_file(file, "has no column " ~ needed
            ~ what_becomes_of(input, needed) ~ "; " ~ input.rows ~ " need "
            ~ input.needs[:-1] | join(', ') ~ (" and " if input.needs | length > 1 else "")
            ~ input.needs[-1]) %}
    {% endfor %}
    {% for column in input.get('times', []) if column.lower() in types %}
        {% set type = types[column.lower()] %}
        {% set numbers = ['INTEGER', 'BIGINT', 'HUGEINT', 'UBIGINT', 'DOUBLE'] %}
        {% if not (
            type.startswith('TIMESTAMP') or type in ['VARCHAR', 'DATE', '"NULL"', 'JSON']
            or (input.get('takes_unix_times') and type in numbers)
        ) %}
            {% do refuse_file(file, "has the type " ~ type ~ " in the column " ~ column
                ~ what_becomes_of(input, column) ~ ", which must be a timestamp or text like 2026-01-31 09:30:00") %}
        {% endif %}
    {% endfor %}
    {% for column in input.get('scalars', []) if column.lower() in types %}
        {% set type = types[column.lower()] %}
        {% if '[' in type or ('(' in type and 'DECIMAL' not in type) %}
            {% do refuse_file(file, "has the type " ~ type ~ " in the column " ~ column
                ~ what_becomes_of(input, column) ~ ", which must be text or a number") %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{# Where the columns of a hit have other names: the hit column that one stands for. #}
{% macro what_becomes_of(input, column) %}
    {% for hit_column, name in input.get('becomes', {}).items() if name.lower() == column.lower() %}
        {% do return(" (which own_columns says is " ~ hit_column ~ ")") %}
    {% endfor %}
    {% do return('') %}
{% endmacro %}


{# Of text files on DuckDB: single bytes that are no UTF-8 are mended, another encoding is
   not guessed. #}
{% macro check_encoding(file) %}
    {% if target.type == 'duckdb' and value_of("select is_utf_16(" ~ quoted(file.file_path) ~ ")") %}
        {% do refuse_file(file, "is UTF-16; text must be UTF-8") %}
    {% endif %}
{% endmacro %}


{# The type of each column of a file, by its name in lower case. #}
{% macro columns_of_file(file) %}
    {% if is_table(file.file_path) %}
        {% set types = {} %}
        {% for name, column in table_of_part(file.format, file.file_path).columns.items() %}
            {% do types.update({name: column.type}) %}
        {% endfor %}
        {% do return(types) %}
    {% endif %}
    {{ return(adapter.dispatch('columns_of_file', 'footfall')(file)) }}
{% endmacro %}

{% macro default__columns_of_file(file) %}
    {% set kind = kind_of_file(file.format, file.file_path) %}
    {% set types = {} %}
    {% if kind in ['json', 'text'] %}
        {% do check_encoding(file) %}
    {% endif %}
    {% if kind == 'parquet' %}
        {% for row in run_query(
            "describe select * from read_parquet(" ~ quoted(file.file_path) ~ ")"
        ).rows %}
            {% do types.update({row[0].lower(): row[1]}) %}
        {% endfor %}
    {% elif kind == 'json' %}
        {% for key in values_of(
            "select distinct unnest(json_keys(case when " ~ is_json_object('line')
            ~ " then line end)) from (select line from ("
            ~ read_lines([file.file_path])
            ~ ") as lines limit 1000) as first_lines"
        ) %}
            {% do types.update({key.lower(): 'VARCHAR'}) %}
        {% endfor %}
    {% elif kind == 'text' %}
        {% for name in text_layout(file.format, file.file_path).names %}
            {% do types.update({name.lower(): 'VARCHAR'}) %}
        {% endfor %}
    {% else %}
        {% do refuse_kind_of_file(file) %}
    {% endif %}
    {% do return(types) %}
{% endmacro %}


{% macro refuse_kind_of_file(file) %}
    {% do refuse_file(file, "is of no kind that " ~ input_formats()[file.format].rows
        ~ " are read from; it must end in " ~ file_endings().values()
        | map('join', ', ') | join(', ')) %}
{% endmacro %}
