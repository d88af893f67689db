{# Files with columns: Parquet, JSON lines, and text whose fields are separated by
   commas or tabs, with or without a header. #}


{% macro file_endings() %}
    {% do return({
        'parquet': ['.parquet'],
        'text': ['.csv', '.csv.gz', '.tsv', '.tsv.gz'],
        'json': ['.json', '.jsonl', '.ndjson', '.json.gz', '.jsonl.gz', '.ndjson.gz'],
    }) %}
{% endmacro %}


{# parquet, text or json: by the file's ending, else as the format says; or table. #}
{% macro kind_of_file(format, path) %}
    {% if is_table(path) %}
        {% do return('table') %}
    {% endif %}
    {% for kind, endings in file_endings().items() if ends_in(path, endings) %}
        {% do return(kind) %}
    {% endfor %}
    {% do return(input_formats()[format].get('other_files')) %}
{% endmacro %}


{# How a text file is to be read: its separator, the names of its fields and how many
   lines come before the first row. Without a header the names go by their number. #}
{% macro text_layout(format, path) %}
    {% set input = input_of_file({'format': format, 'file_path': path}) %}
    {% set first = run_query(
        "select first['separator'] as separator, first['skipped'] as skipped,"
        ~ " first['is_header'] as is_header, to_json(first['fields']) as fields"
        ~ " from (select first_record(" ~ quoted(path) ~ ") as first) as records"
    ).rows[0] %}
    {% set fields = fromjson(first.fields) %}
    {% set names = fields | map('lower') | map('trim') | list %}
    {% set needed = (input.needs | join(' or ')).split(' or ') %}
    {% if first.is_header %}
        {% do return({
            'separator': first.separator, 'skipped': first.skipped, 'names': names,
            'has_header': true,
        }) %}
    {% elif names | select('in', needed) | list %}
        {% do return({
            'separator': first.separator, 'skipped': first.skipped + 1, 'names': names,
            'has_header': true,
        }) %}
    {% endif %}
    {% set headers = input.get('headers', {}) %}
    {% if fields | length not in headers %}
        {% do refuse_file({'format': format, 'file_path': path}, "has " ~ fields | length
            ~ " fields in its first row and none of the columns " ~ needed | join(', ')
            ~ (", and without a header " ~ input.rows ~ " have "
               ~ headers | sort | join(' or ') ~ " fields" if headers else "")) %}
    {% endif %}
    {% do return({
        'separator': first.separator, 'skipped': first.skipped,
        'names': headers[fields | length], 'has_header': false,
    }) %}
{% endmacro %}


{# What the raw_row of a row of too many fields begins with. #}
{% macro surplus_mark() %}
    {% do return('(too many fields) ') %}
{% endmacro %}


{# Why a row is none, whose text is kept as raw_row. #}
{% macro why_malformed(raw_row) -%}
    case
        when {{ raw_row }} like '{{ surplus_mark() }}%' then 'row has more fields than columns'
        else 'row is no JSON object'
    end
{%- endmacro %}


{#
    The rows of the files of a format that this run reads: the columns that are
    named, null where a file has none of the name, and the place of the row. The
    last branch has no rows: it only names the columns, and types what would be
    typeless. Of a format of several tables those of the files that are named, and of the
    kinds of files that are named. The deliveries read it, or the model that is named.
#}
{% macro read_rows(format, columns, tables=none, model_name=none, kinds=none) %}
    {{ return(adapter.dispatch('read_rows', 'footfall')(
        format, columns, tables, model_name, kinds
    )) }}
{% endmacro %}

{% macro default__read_rows(format, columns, tables, model_name, kinds) %}
    {% set parts = [] %}
    {% set parquet = [] %}
    {% set json = [] %}
    {% set texts = {} %}
    {% for path in unread_paths(format, tables, model_name)
        if not kinds or kind_of_file(format, path) in kinds %}
        {% set kind = kind_of_file(format, path) %}
        {% if kind == 'table' %}
            {% do parts.append(path) %}
        {% elif kind == 'parquet' %}
            {% do parquet.append(path) %}
        {% elif kind == 'json' %}
            {% do json.append(path) %}
        {% else %}
            {% set layout = text_layout(format, path) %}
            {% do texts.setdefault(layout | string, [layout, []])[1].append(path) %}
        {% endif %}
    {% endfor %}
    {% for layout, paths in texts.values() %}
        {{ read_text_files(paths, layout, columns) }}
        union all by name
    {% endfor %}
    {% if parts %}
        {{ read_parts(format, parts, columns) }}
        union all by name
    {% endif %}
    {% if parquet and input_formats()[format].get('is_nested') %}
        select
            file_path,
            file_row,
            unnest({{ fields_of_json('cast(to_json(rows_with_place) as string)', columns) }})
        from (
            select
                columns(lambda c: lower(c) in ({{ quoted_list(columns) }})),
                filename as file_path,
                file_row_number + 1 as file_row
            from read_parquet(
                [{{ quoted_list(parquet) }}],
                union_by_name = true, filename = true, file_row_number = true
            )
        ) as rows_with_place
        union all by name
    {% elif parquet %}
        select
            {% for row in run_query(
                "describe select * from read_parquet([" ~ quoted_list(parquet)
                ~ "], union_by_name = true)"
            ).rows if row[0].lower() in columns | map('lower') %}
                {{ value_or_json(adapter.quote(row[0]), row[1]) }} as "{{ row[0].lower() }}",
            {% endfor %}
            filename as file_path,
            file_row_number + 1 as file_row
        from read_parquet(
            [{{ quoted_list(parquet) }}],
            union_by_name = true, filename = true, file_row_number = true
        )
        union all by name
    {% endif %}
    {% if json %}
        select
            file_path,
            file_row,
            unnest({{ fields_of_json(
                'case when ' ~ is_json_object('line') ~ ' then line end', columns
            ) }}),
            case when {{ is_json_object('line') }} then null else line end as raw_row
        from ({{ read_lines(json) }}) as lines
        union all by name
    {% endif %}
    select
        {% for column in columns %}
            null as "{{ column }}",
        {% endfor %}
        cast(null as string) as raw_row,
        cast(null as string) as file_path,
        cast(null as bigint) as file_row
    where false
{% endmacro %}


{# What is nested as JSON, so that files may differ in what is in it. #}
{% macro value_or_json(name, type) -%}
    {%- if '[' in type or ('(' in type and 'DECIMAL' not in type) -%}
        cast(to_json({{ name }}) as string)
    {%- else -%}
        {{ name }}
    {%- endif -%}
{%- endmacro %}


{# The fields of a JSON object as text; what is nested as JSON. #}
{% macro fields_of_json(text, columns) -%}
    from_json({{ text }}, '{
        {%- for column in columns -%}
            "{{ column }}": "VARCHAR"{{ '' if loop.last else ', ' }}
        {%- endfor -%}
    }')
{%- endmacro %}


{# Text files of one layout: all values as text, and rows of too few fields as far as they
   go. A row of more fields than its header has may have any of them in the wrong place: it
   is given as raw_row. What has quotes may have line breaks within them, at which DuckDB must
   not begin to read in parallel. #}
{% macro read_text_files(paths, layout, columns) %}
    {% set is_tabbed = layout.separator == '\t' %}
    {% set copies = readable_copies(paths) %}
    select
        {% for column in columns if column.lower() in layout.names %}
            "{{ column }}",
        {% endfor %}
        {% if layout.has_header %}
            case when "(surplus)" is not null then {{ quoted(surplus_mark()) }} || concat_ws(
                {{ "e'\\t'" if is_tabbed else quoted(layout.separator) }},
                {% for name in layout.names %}coalesce("{{ name }}", ''), {% endfor %}"(surplus)"
            ) end as raw_row,
        {% endif %}
        {{ path_of_copy(paths, copies) }} as file_path,
        row_number() over (partition by filename order by position) as file_row
    from (
        select *, row_number() over () as position
        from read_csv(
            [{{ quoted_list(copies) }}],
            columns = {
                {%- for name in layout.names -%}
                    {{ quoted(name) }}: 'string',
                {%- endfor -%}
                {%- if layout.has_header %} '(surplus)': 'string' {%- endif -%}
            },
            auto_detect = false, header = false, skip = {{ layout.skipped }},
            delim = {{ "e'\\t'" if is_tabbed else quoted(layout.separator) }},
            quote = {{ "''" if is_tabbed else "'\"'" }},
            escape = {{ "''" if is_tabbed else "'\"'" }},
            strict_mode = false, null_padding = true, filename = true,
            nullstr = ['', '\N'], max_line_size = 10000000,
            parallel = {{ is_tabbed }}
        )
    ) as numbered
{% endmacro %}
