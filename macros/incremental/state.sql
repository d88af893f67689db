{#
    What each incremental model reflects:

    batch_id     the last batch of raw files that its rows take account of
    generation   the run that last built it from scratch
    fingerprint  the rules it was built with (see rules.sql)

    It is written together with the model, so that a killed run never leaves the one
    without the other: in the table `intermediate.model_state` by the same transaction
    or, on Spark, in the properties of the model's table (macros/dialect/spark_replace.sql).
#}

{# The state of a model; empty if it was never built. Looked up once a run. #}
{% macro state_of(model_name) %}
    {% if not execute or target.name == 'lint' %}
        {% do return({}) %}
    {% endif %}
    {% set known = graph.setdefault('footfall_states', {}) %}
    {% if model_name not in known %}
        {% do known.update(adapter.dispatch('stored_states', 'footfall')(model_name)) %}
    {% endif %}
    {% do return(known.setdefault(model_name, {})) %}
{% endmacro %}


{% macro default__stored_states(model_name) %}
    {% set states = {} %}
    {% for row in run_query(
        "select model_name, batch_id, generation, fingerprint from " ~ state_table()
    ).rows %}
        {% do states.update({row.model_name: {
            'batch_id': row.batch_id | int,
            'generation': row.generation,
            'fingerprint': row.fingerprint,
        }}) %}
    {% endfor %}
    {% do return(states) %}
{% endmacro %}


{% macro default__prepare_state() %}
    {% do run_query("create schema if not exists intermediate") %}
    {% do run_query(
        "create table if not exists " ~ state_table() ~ " (model_name string,"
        ~ " batch_id bigint, generation string, fingerprint string)"
    ) %}
{% endmacro %}


{# The state that the current model has after this run; its rows are in `built`. #}
{% macro next_state(built) %}
    {% do return({
        'batch_id': this_batch(built),
        'generation': state_of(this.identifier).get('generation') or invocation_id,
        'fingerprint': rule_fingerprint(model.unique_id),
    }) %}
{% endmacro %}


{% macro state_table() -%}
    {{ api.Relation.create(
        database=target.database, schema='intermediate', identifier='model_state'
    ) }}
{%- endmacro %}


{# One value of a query, or `default` where the query returns no row or null. #}
{% macro value_of(query, default=none) %}
    {% set values = values_of(query) %}
    {% do return(values[0] if values and values[0] is not none else default) %}
{% endmacro %}


{# The first column of a query. The linter compiles without a database, hence without
   values. #}
{% macro values_of(query) %}
    {% if not execute or target.name == 'lint' %}
        {% do return([]) %}
    {% endif %}
    {% do return(run_query(query).columns[0].values()) %}
{% endmacro %}


{% macro is_stateful(node) %}
    {% do return(
        node.resource_type == 'model' and node.config.materialized == 'incremental'
    ) %}
{% endmacro %}


{#
    The nodes that a node reads, through views, up to the seeds and the
    incremental models where the search ends.
#}
{% macro nodes_above(node) %}
    {% set found = [] %}
    {% for unique_id in node.depends_on.nodes %}
        {% set parent = graph.nodes.get(unique_id) %}
        {% if parent %}
            {% do found.append(parent) %}
            {% if parent.resource_type == 'model' and not is_stateful(parent) %}
                {% do found.extend(nodes_above(parent)) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}


{# The last batch whose rows a model, by default the current one, has taken account
   of; 0 when it is built from scratch. What is new to it has a `batch_id` above. #}
{% macro batch_seen(model_name=none) %}
    {% if not execute or not builds_on_stored(model_name) %}
        {% do return(0) %}
    {% endif %}
    {% do return(state_of(model_name or this.identifier).get('batch_id', 0)) %}
{% endmacro %}


{# The table or view of a model; none if it was never built. #}
{% macro relation_of(model_name) %}
    {% set node = graph.nodes['model.footfall.' ~ model_name] %}
    {% do return(adapter.get_relation(node.database, node.schema, node.alias)) %}
{% endmacro %}


{% macro relation_of_seed(seed_name) %}
    {% do return(api.Relation.create(
        database=target.get('database'), schema='rules', identifier=seed_name
    )) %}
{% endmacro %}


{# Whether a model adds to what is stored: the current one, or one below it that
   the current one, being ephemeral, is a part of. #}
{% macro builds_on_stored(model_name=none) %}
    {% if not model_name %}
        {% do return(is_incremental()) %}
    {% endif %}
    {% set node = graph.nodes['model.footfall.' ~ model_name] %}
    {% do return(
        not flags.FULL_REFRESH
        and relation_of(model_name) is not none
        and not rules_changed(node.unique_id)
    ) %}
{% endmacro %}


{# The batch that this run of the current model brings it up to: the oldest of
   those that the models above it have reached; without any, the last that is `built`. #}
{% macro this_batch(built=none) %}
    {% if not execute %}
        {% do return(0) %}
    {% endif %}
    {% set batches = batches_above() %}
    {% do return(
        batches | min if batches
        else value_of("select max(batch_id) from " ~ (built or this), 0)
    ) %}
{% endmacro %}


{# The batches that the models have reached which the current model reads. #}
{% macro batches_above() %}
    {% set batches = [] %}
    {% for node in nodes_above(graph.nodes[model.unique_id]) if is_stateful(node) %}
        {% do batches.append(state_of(node.alias).get('batch_id', 0)) %}
    {% endfor %}
    {% do return(batches) %}
{% endmacro %}


{# Whether a run brings the current model nothing that it has not taken account of: no
   batch and, since it is not to be built from scratch, no changed rule. #}
{% macro is_up_to_date() %}
    {% if not is_incremental() or not batches_above() %}
        {% do return(false) %}
    {% endif %}
    {% do return(state_of(this.identifier).get('batch_id') == batches_above() | min) %}
{% endmacro %}


{# Hook before a model: what is built from scratch has no past. #}
{% macro forget_state() %}
    {% if execute and is_stateful(model) and not is_incremental() %}
        {% do graph.get('footfall_states', {}).pop(this.identifier, none) %}
        {{ adapter.dispatch('forget_state', 'footfall')() }}
    {% endif %}
{% endmacro %}


{% macro default__forget_state() %}
    delete from {{ state_table() }} where model_name = '{{ this.identifier }}';
    drop table if exists {{ replaced_table(this) }}
{% endmacro %}


{# Hook after a model, in the model's transaction. #}
{% macro remember_state() %}
    {% if execute and is_stateful(model) %}
        {{ adapter.dispatch('remember_state', 'footfall')() }}
    {% endif %}
{% endmacro %}


{% macro default__remember_state() %}
    {% set state = next_state(this) %}
    {% if config.get('keeps_replaced') %}
        create table if not exists {{ replaced_table(this) }} as
        select *, cast(0 as bigint) as replaced_batch_id from {{ this }} limit 0;
    {% endif %}
    delete from {{ state_table() }} where model_name = '{{ this.identifier }}';
    insert into {{ state_table() }}
    values (
        '{{ this.identifier }}', {{ state.batch_id }}, '{{ state.generation }}',
        '{{ state.fingerprint }}'
    )
    {% do graph.footfall_states.update({this.identifier: state}) %}
{% endmacro %}
