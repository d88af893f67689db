{#
    How Spark carries out "replace these keys" on plain Parquet tables, which know no
    transactions, no deletes and no merge: the partitions that a run touches are written
    anew, beside the table, and then take the place of the old ones.

    <model>__rows   the rows that the model selects
    <model>__gone   the stored rows that go, where the model keeps what is replaced
    <model>__next   what the touched partitions, or the whole table, become

    The table itself is changed only when these are complete, which the property
    `footfall.step` of <model>__next says. A run that is killed before has changed
    nothing; after, the next run does the step once more, with the same result.
    The state of a model stands in its table's properties, too.
#}

{% materialization incremental, adapter='spark' %}
    {% set existing = load_relation(this) %}
    {{ run_hooks(pre_hooks) }}
    {% set query = with_types_of_contract(put_ephemeral_models_aside(compiled_code)) %}
    {% if existing is none or existing.is_view or should_full_refresh() %}
        {% do build_from_scratch(query) %}
    {% else %}
        {% do replace_partitions(query) %}
    {% endif %}
    {% do forget_ephemeral_models() %}
    {% call noop_statement('main', 'OK') %}{% endcall %}
    {% do persist_docs(this, model) %}
    {{ return({'relations': [this]}) }}
{% endmaterialization %}


{#
    Spark works a common table expression out anew wherever it is named, and its planner
    takes minutes over the copies of copies. So the ephemeral models, which dbt puts in
    front of the query, become views of the session, and those that are named twice
    tables, which are dropped when the model is built. So do views that say so by
   `meta: {put_aside: true}`.
#}
{% macro put_ephemeral_models_aside(compiled_code) %}
    {% set query = namespace(text=compiled_code) %}
    {% set tables_of_views = {} %}
    {% for view in views_put_aside() %}
        {% set table = relation_beside(this, view.identifier) %}
        {% do run_query("drop table if exists " ~ table) %}
        {% do run_query("create table " ~ table ~ " using parquet as select * from " ~ view) %}
        {% do tables_of_views.update({view | string: table | string}) %}
    {% endfor %}
    {% for cte in model.extra_ctes %}
        {% set name = cte.sql.split() | first %}
        {% set table = relation_beside(this, name) %}
        {% set definition = namespace(
            text=cte.sql[cte.sql.index('(') + 1:cte.sql.rindex(')')]
        ) %}
        {% for view, table_of_view in tables_of_views.items() %}
            {% set definition.text = definition.text.replace(view, table_of_view) %}
        {% endfor %}
        {% set query.text = query.text.replace(cte.sql ~ ', ', '').replace(cte.sql, '') %}
        {% do run_query("drop table if exists " ~ table) %}
        {% if modules.re.findall(name ~ '\\b', compiled_code) | length > 2 %}
            {% do run_query("create table " ~ table ~ " using parquet as " ~ definition.text) %}
            {% set definition.text = "select * from " ~ table %}
        {% endif %}
        {% do run_query("create or replace temporary view " ~ name ~ " as " ~ definition.text) %}
    {% endfor %}
    {% do return(query.text) %}
{% endmacro %}


{% macro forget_ephemeral_models() %}
    {% for cte in model.extra_ctes | reverse %}
        {% set name = cte.sql.split() | first %}
        {% do run_query("drop view if exists " ~ name) %}
        {% do run_query("drop table if exists " ~ relation_beside(this, name)) %}
    {% endfor %}
    {% for view in views_put_aside() %}
        {% do run_query("drop table if exists " ~ relation_beside(this, view.identifier)) %}
    {% endfor %}
{% endmacro %}


{% macro views_put_aside() %}
    {% set views = [] %}
    {% for node in nodes_above(graph.nodes[model.unique_id]) | unique(attribute='unique_id') %}
        {% if node.config.meta.get('put_aside') %}
            {% do views.append(relation_of(node.name)) %}
        {% endif %}
    {% endfor %}
    {% do return(views) %}
{% endmacro %}


{# Where DuckDB counts in 64 bits, Spark counts in 32: columns are given the types that the
   model's YAML says, and a column that is missing there or here is an error. #}
{% macro with_types_of_contract(query) %}
    {% if not config.get('contract').enforced %}
        {% do return(query) %}
    {% endif %}
    {% set columns = [] %}
    {% for column in model.columns.values() %}
        {% do columns.append(
            "cast(" ~ column.name ~ " as " ~ column.data_type ~ ") as " ~ column.name
        ) %}
    {% endfor %}
    {% do return("select " ~ columns | join(', ') ~ " from (" ~ query ~ "\n) as untyped") %}
{% endmacro %}


{% macro build_from_scratch(compiled_code) %}
    {% set next = relation_beside(this, 'next') %}
    {% set partition = partition_of(config) %}
    {% do run_query("drop table if exists " ~ next) %}
    {% do run_query(
        "create table " ~ next ~ " using parquet " ~ partitioned_by(partition)
        ~ " as select * from (" ~ compiled_code ~ "\n) as selected where not coalesce("
        ~ config.get('gone_when', 'false') ~ ", false) " ~ distributed_by(partition)
    ) %}
    {{ run_hooks(config.get('post-hook')) }}
    {% do take_step(next, 'rebuild') %}
{% endmacro %}


{% macro replace_partitions(compiled_code) %}
    {% set rows = relation_beside(this, 'rows') %}
    {% set gone = relation_beside(this, 'gone') %}
    {% set next = relation_beside(this, 'next') %}
    {% set partition = partition_of(config) %}
    {% set columns = names_of_columns(this) %}
    {% set gone_when = config.get('gone_when', 'false') %}
    {% set is_same_key = [] %}
    {% for key in config.require('replace_by') %}
        {% do is_same_key.append("touched." ~ key ~ " <=> stored." ~ key) %}
    {% endfor %}
    {% set is_same_key = is_same_key | join(' and ') %}

    {% for relation in [rows, gone, next] %}
        {% do run_query("drop table if exists " ~ relation) %}
    {% endfor %}
    {% do run_query(
        "create table " ~ rows ~ " using parquet as select * from (" ~ compiled_code
        ~ "\n) as selected" ~ (without_unchanged(columns) if config.get('skip_unchanged') else "")
    ) %}
    {{ run_hooks(config.get('post-hook')) }}
    {% if not value_of("select count(*) from " ~ rows) %}
        {% do write_state(this, next_state(this)) %}
    {% else %}
        {% set is_gone = rows_bounded_by(config.get('bounded_by'), rows) %}
        {% do run_query(
            "create table " ~ gone ~ " using parquet as select stored.* from " ~ this
            ~ " as stored left semi join " ~ rows ~ " as touched on " ~ is_same_key
            ~ " where " ~ is_gone
        ) %}
        {% set touched = values_of(
            "select distinct cast(" ~ partition ~ " as string) from (select " ~ partition
            ~ " from " ~ rows ~ " union all select " ~ partition ~ " from " ~ gone
            ~ ") as touched where " ~ partition ~ " is not null"
        ) if partition else [] %}
        {% do run_query(
            "create table " ~ next ~ " using parquet " ~ partitioned_by(partition)
            ~ " as select * from (select stored." ~ columns | join(', stored.')
            ~ " from " ~ this ~ " as stored left anti join " ~ rows ~ " as touched on "
            ~ is_same_key
            ~ (" where " ~ "stored." ~ partition ~ " in ('" ~ touched | join("', '") ~ "')"
               if partition else "")
            ~ " union all select " ~ columns | join(', ') ~ " from " ~ rows
            ~ " where not coalesce(" ~ gone_when ~ ", false)) as kept_and_new "
            ~ distributed_by(partition)
        ) %}
        {% do take_step(next, 'replace ' ~ touched | join(' ')) %}
    {% endif %}
    {% do run_query("drop table if exists " ~ rows) %}
{% endmacro %}


{# The moment from which a change counts: what is to be done, and the state that the
   model has then, are written at once. #}
{% macro take_step(next, step) %}
    {% set texts = graph.get('footfall_texts', {}).get(this.identifier, '') %}
    {% do run_query(
        "alter table " ~ next ~ " set tblproperties ('footfall.step' = '" ~ step
        ~ "', 'footfall.texts' = '" ~ texts ~ "', " ~ state_properties(next_state(next)) ~ ")"
    ) %}
    {% do finish_step(this, config) %}
{% endmacro %}


{# Does what a complete <model>__next stands for, or does it once more. #}
{% macro finish_step(relation, config) %}
    {% set next = relation_beside(relation, 'next') %}
    {% set gone = relation_beside(relation, 'gone') %}
    {% set properties = properties_of(next) %}
    {% set step = properties.get('footfall.step', '') %}
    {% set partition = partition_of(config) %}
    {% set state = {
        'batch_id': properties.get('footfall.batch_id', 0) | int,
        'generation': properties.get('footfall.generation'),
        'fingerprint': properties.get('footfall.fingerprint'),
    } %}
    {% if step == 'rebuild' %}
        {% do run_query("drop table if exists " ~ replaced_table(relation)) %}
        {% if config.get('keeps_replaced') %}
            {% do create_replaced(relation, next) %}
        {% endif %}
        {% do run_query("drop table if exists " ~ relation) %}
        {% do run_query("alter table " ~ next ~ " rename to " ~ relation) %}
        {% do graph.setdefault('footfall_states', {}).update({relation.identifier: state}) %}
    {% elif step %}
        {% if config.get('keeps_replaced') %}
            {% do keep_replaced(relation, gone, state.batch_id) %}
        {% endif %}
        {% do run_query("set spark.sql.sources.partitionOverwriteMode = dynamic") %}
        {% do run_query(
            "insert overwrite table " ~ relation
            ~ (" partition (" ~ partition ~ ")" if partition else "") ~ " select "
            ~ names_of_columns(relation) | join(', ') ~ " from " ~ next ~ " "
            ~ distributed_by(partition)
        ) %}
        {% set filled = partition_values(next) if partition else [] %}
        {% for value in step.split(' ')[1:] if partition and value not in filled %}
            {% do run_query(
                "alter table " ~ relation ~ " drop if exists partition (" ~ partition
                ~ " = '" ~ value ~ "')"
            ) %}
        {% endfor %}
        {% do write_state(relation, state) %}
        {% do run_query("drop table if exists " ~ next) %}
        {% do run_query("drop table if exists " ~ gone) %}
    {% endif %}
{% endmacro %}


{# At the start of a run: whatever a killed run had begun and not done. #}
{% macro spark__prepare_state() %}
    {% for schema in ['intermediate', 'marts'] %}
        {% do run_query("create schema if not exists " ~ schema) %}
        {% for row in run_query("show tables in " ~ schema ~ " like '*__next'").rows %}
            {% set node = graph.nodes.get('model.footfall.' ~ row[1][:-6]) %}
            {% if node and is_stateful(node) %}
                {% do finish_step(
                    api.Relation.create(schema=schema, identifier=node.alias), node.config
                ) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
{% endmacro %}


{# Made with the model, so that the next run knows it from its start. #}
{% macro create_replaced(relation, built) %}
    {% do run_query(
        "create table " ~ replaced_table(relation) ~ " using parquet"
        ~ " partitioned by (replaced_batch_id)"
        ~ " as select *, cast(0 as bigint) as replaced_batch_id from " ~ built ~ " where false"
    ) %}
{% endmacro %}


{# What a run replaces makes a partition of its own, so that keeping it twice changes
   nothing. #}
{% macro keep_replaced(relation, gone, batch) %}
    {% set log = replaced_table(relation) %}
    {% do run_query(
        "insert overwrite table " ~ log ~ " partition (replaced_batch_id = " ~ batch
        ~ ") select " ~ names_of_columns(relation) | join(', ') ~ " from " ~ gone
    ) %}
    {% for value in partition_values(log) if value | int <= batch - 20 %}
        {% do run_query(
            "alter table " ~ log ~ " drop partition (replaced_batch_id = " ~ value ~ ")"
        ) %}
    {% endfor %}
{% endmacro %}


{# Rows that are stored already, column for column, are no change. #}
{% macro without_unchanged(columns) %}
    {% set is_same = [] %}
    {% for column in columns if column != 'batch_id' %}
        {% do is_same.append("same." ~ column ~ " <=> selected." ~ column) %}
    {% endfor %}
    {% do return(" left anti join " ~ this ~ " as same on " ~ is_same | join(' and ')) %}
{% endmacro %}


{% macro relation_beside(relation, suffix) %}
    {% do return(relation.incorporate(
        path={'identifier': relation.identifier ~ '__' ~ suffix}, type='table'
    )) %}
{% endmacro %}


{# The properties of a table; none where there is no such table. #}
{% macro properties_of(relation) %}
    {% set properties = {} %}
    {% if run_query(
        "show tables in " ~ relation.schema ~ " like '" ~ relation.identifier ~ "'"
    ).rows %}
        {% for row in run_query("show tblproperties " ~ relation).rows %}
            {% do properties.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {% do return(properties) %}
{% endmacro %}


{% macro spark__stored_states(model_name) %}
    {% set node = graph.nodes['model.footfall.' ~ model_name] %}
    {% set relation = api.Relation.create(schema=node.schema, identifier=node.alias) %}
    {% set properties = properties_of(relation) %}
    {% do return({model_name: {
        'batch_id': properties['footfall.batch_id'] | int,
        'generation': properties['footfall.generation'],
        'fingerprint': properties['footfall.fingerprint'],
    } if 'footfall.batch_id' in properties else {}}) %}
{% endmacro %}


{% macro state_properties(state) %}
    {% do return(
        "'footfall.batch_id' = '" ~ state.batch_id ~ "', 'footfall.generation' = '"
        ~ state.generation ~ "', 'footfall.fingerprint' = '" ~ state.fingerprint ~ "'"
    ) %}
{% endmacro %}


{% macro write_state(relation, state) %}
    {% do run_query(
        "alter table " ~ relation ~ " set tblproperties (" ~ state_properties(state) ~ ")"
    ) %}
    {% do graph.setdefault('footfall_states', {}).update({relation.identifier: state}) %}
{% endmacro %}


{# Both are done by the materialization, at the right moment. #}
{% macro spark__forget_state() %}
{% endmacro %}

{% macro spark__remember_state() %}
{% endmacro %}


{# The values of the one column that a table is partitioned by. #}
{% macro partition_values(relation) %}
    {% set values = [] %}
    {% for row in run_query("show partitions " ~ relation).rows %}
        {% do values.append(row[0].split('=', 1)[1]) %}
    {% endfor %}
    {% do return(values) %}
{% endmacro %}


{# The one column that a table is partitioned by, if any. #}
{% macro partition_of(config) %}
    {% do return(config.get('partition_by') or config.get('bounded_by')) %}
{% endmacro %}


{% macro partitioned_by(partition) %}
    {% do return("partitioned by (" ~ partition ~ ")" if partition else "") %}
{% endmacro %}


{# A file for each partition of the table, not one for each task. #}
{% macro distributed_by(partition) %}
    {% do return("distribute by " ~ partition if partition else "") %}
{% endmacro %}


{% macro names_of_columns(relation) %}
    {% do return(run_query("select * from " ~ relation ~ " where false").column_names | list) %}
{% endmacro %}
