{# A query for the files, or parts of tables, that the named input consists of now. #}
{% macro list_files() %}
    {% set queries = [] %}
    {% for format, input in input_formats().items() %}
        {% set pattern = input_pattern(input) %}
        {% if pattern %}
            {% do queries.append(
                "select '" ~ format ~ "' as format, file_path, bytes, modified_at,"
                ~ " " ~ reads_sample() ~ " as is_sample from ("
                ~ (parts_of_tables(format) if is_table(pattern) else files_like(pattern))
                ~ ") as " ~ format ~ "_files"
            ) %}
        {% endif %}
    {% endfor %}
    {% set listed = queries | join(' union all ') %}
    {# A run that reads no rows has read no file. #}
    {% do return(
        "select * from (" ~ listed ~ ") as listed_files where false" if flags.EMPTY else listed
    ) %}
{% endmacro %}


{# The files that match a pattern: file_path, bytes, modified_at. #}
{% macro files_like(pattern) %}
    {{ return(adapter.dispatch('files_like', 'footfall')(pattern)) }}
{% endmacro %}

{% macro default__files_like(pattern) -%}
    select filename as file_path, cast(size as bigint) as bytes,
    cast(last_modified as timestamp) as modified_at from read_blob({{ quoted(pattern) }})
{%- endmacro %}


{# Whether a raw file is still there and has something to be read; of a part of a table
   that is gone no rows are found. #}
{% macro is_there(file_path) %}
    {{ return(adapter.dispatch('is_there', 'footfall')(file_path)) }}
{% endmacro %}

{% macro default__is_there(file_path) -%}
    case when {{ file_path }} like 'table:%' then true else has_content({{ file_path }}) end
{%- endmacro %}

{# Spark sees the files only that the input names. #}
{% macro spark__is_there(file_path) -%}
    {{ file_path }} in (select named.file_path from ({{ list_files() }}) as named)
{%- endmacro %}


{% macro quoted(text) %}
    {% do return(adapter.dispatch('quoted', 'footfall')(text | string)) %}
{% endmacro %}

{% macro default__quoted(text) %}
    {% do return("'" ~ text.replace("'", "''") ~ "'") %}
{% endmacro %}

{# Two quotes are two quotes where a backslash is a backslash, see profiles.yml. #}
{% macro spark__quoted(text) %}
    {% set parts = text.split("'") %}
    {% do return(
        "'" ~ text ~ "'" if parts | length == 1
        else "concat('" ~ parts | join("', chr(39), '") ~ "')"
    ) %}
{% endmacro %}


{# The files that this run reads, of all formats: those whose batch the deliveries
   have not taken in yet. Asked for once a run. #}
{% macro unread_files() %}
    {% if 'footfall_unread_files' not in graph %}
        {% set seen = state_of('int_hit_deliveries').get('batch_id', 0) %}
        {% do graph.update({'footfall_unread_files': run_query(
            "select format, file_path from " ~ ref('int_files') ~ " where batch_id > "
            ~ seen ~ " and " ~ is_there('file_path') ~ " order by file_id"
        ).rows if target.name != 'lint' else []}) %}
    {% endif %}
    {% do return(graph.footfall_unread_files) %}
{% endmacro %}


{# The files that a model reads which is none of the deliveries. #}
{% macro files_unread_by(model_name) %}
    {% do return(run_query(
        "select format, file_path from " ~ ref('int_files') ~ " where batch_id > "
        ~ batch_seen(model_name) ~ " and " ~ is_there('file_path') ~ " order by file_id"
    ).rows if target.name != 'lint' else []) %}
{% endmacro %}


{# The paths of the files of a format that this run reads; of some of its tables only, if
   they are named; as the deliveries read them, or the model that is named. #}
{% macro unread_paths(format, tables=none, model_name=none) %}
    {% set paths = [] %}
    {% set files = [] %}
    {% if execute %}
        {% set files = files_unread_by(model_name) if model_name else unread_files() %}
    {% endif %}
    {% for file in files if file.format == format
        and (not tables or table_of_file(format, file.file_path) in tables) %}
        {% do paths.append(file.file_path) %}
    {% endfor %}
    {% do return(paths) %}
{% endmacro %}


{# The same of parts of tables. #}
{% macro parts_to_read(format) %}
    {% set parts = [] %}
    {% for path in unread_paths(format) if is_table(path) %}
        {% do parts.append(path) %}
    {% endfor %}
    {% do return(parts) %}
{% endmacro %}


{# The same of the files that end so. #}
{% macro files_to_read(format, endings=['']) %}
    {% set paths = [] %}
    {% for path in unread_paths(format) if ends_in(path, endings) %}
        {% do paths.append(path) %}
    {% endfor %}
    {% do return(paths) %}
{% endmacro %}


{% macro ends_in(path, endings) %}
    {% for ending in endings if path.lower().endswith(ending) %}
        {% do return(true) %}
    {% endfor %}
    {% do return(false) %}
{% endmacro %}


{# The lines of text files: file_path, file_row (from 1) and line. #}
{% macro read_lines(paths) %}
    {{ return(adapter.dispatch('read_lines', 'footfall')(paths)) }}
{% endmacro %}

{# A text file that DuckDB would refuse, for a byte that is no UTF-8, is read from a copy
   that is mended. #}
{% macro readable_copies(paths) %}
    {% do return(values_of(
        "select readable_copy(path) from (select unnest([" ~ quoted_list(paths)
        ~ "]) as path) as paths"
    )) %}
{% endmacro %}


{# The path of the file itself. #}
{% macro path_of_copy(paths, copies) -%}
    case filename
        {% for copy in copies -%}
            when {{ quoted(copy) }} then {{ quoted(paths[loop.index0]) }}
        {% endfor -%}
    end
{%- endmacro %}


{% macro default__read_lines(paths) %}
    {% set copies = readable_copies(paths) %}
    select
        {{ path_of_copy(paths, copies) }} as file_path,
        position - min(position) over (partition by filename) + 1 as file_row,
        line
    from (
        select
            filename,
            line,
            row_number() over () as position
        from read_csv(
            [{{ quoted_list(copies) }}],
            columns = {'line': 'string'}, auto_detect = false, header = false,
            delim = e'\x02', quote = '', escape = '', filename = true,
            max_line_size = 10000000
        )
    ) as lines
{% endmacro %}


{% macro quoted_list(values) %}
    {% set list = [] %}
    {% for value in values %}
        {% do list.append(quoted(value)) %}
    {% endfor %}
    {% do return(list | join(', ')) %}
{% endmacro %}


{# Whether this run builds the hits from scratch, so that all files are read. #}
{% macro rebuilds_hits() %}
    {% do return(execute and (
        flags.FULL_REFRESH or rules_changed('model.footfall.int_hit_deliveries')
    )) %}
{% endmacro %}


{#
    Hook after the deliveries, before they are committed: what was accepted once
    stays. A rebuild that would hold fewer hits of a file than before, since the
    file is gone or was replaced, is refused.
#}
{% macro refuse_to_lose_hits() %}
    {% set before, after = adapter.dispatch('rebuilt_tables', 'footfall')() if execute else (none, none) %}
    {% if before and not var('drop_hits_of_missing_files') and not reads_sample() %}
        {% set lost = values_of(
            "select files.file_path from " ~ ref('int_files') ~ " as files inner join"
            ~ " (select file_id, count(distinct hit_id) as hits from " ~ before
            ~ " where rejection_reason is null group by file_id) as before"
            ~ " on files.file_id = before.file_id"
            ~ " left join (select file_id, count(distinct hit_id) as hits from " ~ after
            ~ " where rejection_reason is null group by file_id) as after"
            ~ " on files.file_id = after.file_id"
            ~ " where not files.is_sample and coalesce(after.hits, 0) < before.hits"
            ~ " order by files.file_path"
        ) %}
        {% if lost %}
            {% do exceptions.raise_compiler_error(
                "Rebuilding the hits would lose those of " ~ lost | length
                ~ " file(s) that are gone or hold less than when they were read: "
                ~ lost[:5] | join(', ') ~ (", …" if lost | length > 5 else "")
                ~ ". Bring them back, or run with"
                ~ " --vars '{drop_hits_of_missing_files: true}'."
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{# The current model's table before it was built from scratch, none if it was not, and
   after. #}
{% macro default__rebuilt_tables() %}
    {% do return((
        adapter.get_relation(this.database, this.schema, this.identifier ~ '__dbt_backup'), this
    )) %}
{% endmacro %}

{% macro spark__rebuilt_tables() %}
    {% do return((
        load_relation(this) if not is_incremental() else none, relation_beside(this, 'next')
    )) %}
{% endmacro %}
