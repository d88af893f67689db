{# Says in one sentence what is wrong with the named input, before anything is
   built. Files that were read before are not looked at again. #}
{% macro check_inputs() %}
    {% set int_files = adapter.get_relation(target.database, 'intermediate', 'int_files') %}
    {% if int_files and reads_sample() and value_of(
        "select count(*) from " ~ int_files ~ " where not is_sample"
    ) > 0 %}
        {% do exceptions.raise_compiler_error(
            "This database holds hits of your own, but no input is named. Set "
            ~ input_formats().values() | map(attribute='variable') | join(' or ')
            ~ ", or another FOOTFALL_DATABASE to build the sample."
        ) %}
    {% endif %}
    {% for format, input in input_formats().items() %}
        {% set pattern = input.sample if reads_sample() else input.pattern %}
        {% if pattern and not value_of(
            "select count(*) from glob(" ~ quoted(pattern) ~ ")"
        ) %}
            {% do exceptions.raise_compiler_error(
                input.variable ~ ": no file matches '" ~ pattern ~ "'."
            ) %}
        {% endif %}
    {% endfor %}
    {% set new_files = run_query(
        "select format, file_path, bytes from (" ~ list_files() ~ ") as files"
        ~ (" anti join " ~ int_files ~ " as known using (file_path, bytes, modified_at)"
           if int_files else "")
        ~ " order by format, file_path"
    ).rows %}
    {% for file in new_files %}
        {% if file.bytes == 0 %}
            {% do refuse_file(file, "is empty") %}
        {% elif file.format == 'plain' %}
            {% do check_plain_file(file) %}
        {% else %}
            {% do check_access_log(file) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{% macro refuse_file(file, problem) %}
    {% do exceptions.raise_compiler_error(
        input_formats()[file.format].variable ~ ": the file '" ~ file.file_path
        ~ "' " ~ problem ~ "."
    ) %}
{% endmacro %}


{% macro check_plain_file(file) %}
    {% set path = quoted(file.file_path) %}
    {% set kinds = [] %}
    {% for kind, endings in plain_endings().items() %}
        {% for ending in endings if file.file_path.lower().endswith(ending) %}
            {% do kinds.append(kind) %}
        {% endfor %}
    {% endfor %}
    {% if 'parquet' in kinds %}
        {% set reader = "read_parquet(" ~ path ~ ")" %}
    {% elif 'csv' in kinds %}
        {% set reader = read_csv_files('[' ~ path ~ ']') %}
    {% elif 'json' in kinds %}
        {% set reader = none %}
    {% else %}
        {% do refuse_file(file, "is of no kind that plain hits are read from; it must end in "
            ~ plain_endings().values() | map('join', ', ') | join(', ')) %}
    {% endif %}
    {% set types = {} %}
    {% if reader %}
        {% for row in run_query("describe select * from " ~ reader).rows %}
            {% do types.update({row[0]: row[1]}) %}
        {% endfor %}
    {% else %}
        {% for key in values_of(
            "select distinct unnest(json_keys(case when " ~ is_json_object('line')
            ~ " then line end)) from (select line from ("
            ~ read_lines('[' ~ path ~ ']') ~ ") as lines limit 1000) as first_lines"
        ) %}
            {% do types.update({key: 'VARCHAR'}) %}
        {% endfor %}
    {% endif %}
    {% for column in ['visitor_id', 'event_at'] if column not in types %}
        {% do refuse_file(file, "has no column " ~ column ~ "; plain hits need visitor_id"
            ~ " and event_at") %}
    {% endfor %}
    {% for column in ['event_at', 'loaded_at'] if column in types %}
        {% set type = types[column] %}
        {% if not (type.startswith('TIMESTAMP') or type in ['VARCHAR', 'DATE', '"NULL"', 'JSON']) %}
            {% do refuse_file(file, "has the type " ~ type ~ " in the column " ~ column
                ~ ", which must be a timestamp or text like 2026-01-31 09:30:00") %}
        {% endif %}
    {% endfor %}
    {% for column, type in types.items()
        if column in ['visitor_id', 'hit_id', 'user_id', 'page_url'] and ('[' in type or '(' in type and 'DECIMAL' not in type) %}
        {% do refuse_file(file, "has the type " ~ type ~ " in the column " ~ column
            ~ ", which must be text or a number") %}
    {% endfor %}
{% endmacro %}


{% macro check_access_log(file) %}
    {% set matching = value_of(
        "select count(*) from (select line from ("
        ~ read_lines('[' ~ quoted(file.file_path) ~ ']')
        ~ ") as lines limit 1000) as first_lines where regexp_matches(line, "
        ~ quoted(access_log_pattern()) ~ ")"
    ) %}
    {% if not matching %}
        {% do refuse_file(file, "holds no line of the common or combined log format among its first 1,000") %}
    {% endif %}
{% endmacro %}
