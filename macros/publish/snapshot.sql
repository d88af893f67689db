{# What a snapshot consists of. A table is a query, a description, and those of its
   columns. #}


{% macro described_table(node) %}
    {% set descriptions = {} %}
    {% for column in node.columns.values() %}
        {% do descriptions.update({column.name: column.description | trim}) %}
    {% endfor %}
    {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
    {% do return({
        'query': 'select * from ' ~ relation,
        'description': node.description | trim,
        'columns': descriptions,
    }) %}
{% endmacro %}


{# Two more tables, which say what the snapshot is. #}
{% macro tables_about(snapshot) %}
    {% set counts = [] %}
    {% for name, table in snapshot.tables.items() %}
        {% do counts.append(
            "select " ~ quoted(name) ~ " as mart, (select count(*) from published.main." ~ name
            ~ ") as row_count, " ~ quoted(table.description) ~ " as description"
        ) %}
    {% endfor %}
    {% do return({
        'snapshot': {
            'query': about_snapshot(snapshot),
            'description': 'One row: what this snapshot of the marts is.',
            'columns': {
                'snapshot_id': 'Names the snapshot; later ones sort after it.',
                'built_at': 'When the run that published it began, UTC.',
                'last_hit_at': 'Time of the last hit in it, UTC; hits dated in the future'
                    ~ ' are left out. Null without hits.',
                'last_loaded_at': 'When the last of its hits arrived, UTC; null without hits.',
                'batch_id': 'The last batch of raw files that it takes account of.',
                'rules_fingerprint': 'Differs when a seed or a setting does.',
                'content_fingerprint': 'Differs when hits, rules or models do.',
                'invocation_id': 'The run of dbt that published it.',
                'dbt_version': 'The version of dbt that built it.',
            },
        },
        'snapshot_marts': {
            'query': counts | join(' union all '),
            'description': 'One row per mart in this snapshot.',
            'columns': {
                'mart': 'Name of the mart.',
                'row_count': 'Rows of the mart.',
                'description': 'What a row of the mart is, and what to mind.',
            },
        },
    }) %}
{% endmacro %}


{% macro about_snapshot(snapshot) %}
    {% set deliveries = relation_of('int_hit_deliveries') %}
    {% set files = relation_of('int_files') %}
    select
        {{ quoted(snapshot.snapshot_id) }} as snapshot_id,
        {{ dbt.cast(quoted(run_started_at.strftime('%Y-%m-%d %H:%M:%S')), 'timestamp') }} as built_at,
        (
            select max(event_at) from {{ deliveries }}
            where
                rejection_reason is null
                and event_at <= timestamp '{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S') }}'
        ) as last_hit_at,
        greatest(
            (select max(loaded_at) from {{ deliveries }}),
            (
                select max(modified_at) from {{ files }}
                where file_id in (select file_id from {{ deliveries }} where loaded_at is null)
            )
        ) as last_loaded_at,
        cast({{ state_of('int_files').get('batch_id', 0) }} as bigint) as batch_id,
        {{ quoted(rules_fingerprint()) }} as rules_fingerprint,
        {{ quoted(snapshot.content_fingerprint) }} as content_fingerprint,
        '{{ invocation_id }}' as invocation_id,
        '{{ dbt_version }}' as dbt_version
{% endmacro %}


{# A hash of seeds and settings. #}
{% macro rules_fingerprint() %}
    {% set parts = [] %}
    {% for name in setting_names() %}
        {% do parts.append(name ~ '=' ~ var(name)) %}
    {% endfor %}
    {% for node in graph.nodes.values() if node.resource_type == 'seed' %}
        {% do parts.append(node.name ~ content_of_seed(node)) %}
    {% endfor %}
    {% do return(local_md5(parts | sort | join('|'))) %}
{% endmacro %}


{# A hash of all that the marts, and what is said of them, follow from. #}
{% macro marts_fingerprint() %}
    {% set parts = [rules_fingerprint()] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% do parts.append(node.name ~ node.checksum.checksum ~ node.description) %}
        {% for column in node.columns.values() %}
            {% do parts.append(column.name ~ column.description) %}
        {% endfor %}
        {% if is_stateful(node) %}
            {% set state = state_of(node.alias) %}
            {% do parts.append([
                node.alias, state.get('batch_id'), state.get('generation'), state.get('fingerprint'),
            ] | join('|')) %}
        {% endif %}
    {% endfor %}
    {% do return(local_md5(parts | sort | join('|'))) %}
{% endmacro %}
