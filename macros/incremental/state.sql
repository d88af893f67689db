{#
    What each incremental model reflects, in the table `intermediate.model_state`:

    batch_id     the last batch of raw files that its rows take account of
    generation   the run that last built it from scratch
    fingerprint  the rules it was built with (see rules.sql)

    The row is written in the transaction that writes the model, so a killed run
    never leaves the one without the other.
#}
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
    {% do return(value_of(
        "select batch_id from " ~ state_table()
        ~ " where model_name = '" ~ (model_name or this.identifier) ~ "'", 0
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
        and adapter.get_relation(node.database, node.schema, node.alias) is not none
        and not rules_changed(node.unique_id)
    ) %}
{% endmacro %}


{# The batch that this run of the current model brings it up to: the oldest of
   those that the models above it have reached. #}
{% macro this_batch() %}
    {% if not execute %}
        {% do return(0) %}
    {% endif %}
    {% set names = [] %}
    {% for node in nodes_above(graph.nodes[model.unique_id]) if is_stateful(node) %}
        {% do names.append("'" ~ node.alias ~ "'") %}
    {% endfor %}
    {% if not names %}
        {% do return(value_of("select max(batch_id) from " ~ this, 0)) %}
    {% endif %}
    {% do return(value_of(
        "select min(batch_id) from " ~ state_table()
        ~ " where model_name in (" ~ names | join(', ') ~ ")", 0
    )) %}
{% endmacro %}


{# Hook before a model: what is built from scratch has no past. #}
{% macro forget_state() %}
    {% if execute and is_stateful(model) and not is_incremental() %}
        delete from {{ state_table() }} where model_name = '{{ this.identifier }}';
        drop table if exists {{ replaced_table(this) }}
    {% endif %}
{% endmacro %}


{# Hook after a model, in the model's transaction. #}
{% macro remember_state() %}
    {% if execute and is_stateful(model) %}
        {% if config.get('keeps_replaced') %}
            create table if not exists {{ replaced_table(this) }} as
            select *, cast(0 as bigint) as replaced_batch_id from {{ this }} limit 0;
        {% endif %}
        insert into {{ state_table() }} (model_name, generation)
        select '{{ this.identifier }}', '{{ invocation_id }}'
        where not exists (
            select 1 from {{ state_table() }} where model_name = '{{ this.identifier }}'
        );
        update {{ state_table() }}
        set batch_id = {{ this_batch() }}, fingerprint = '{{ rule_fingerprint(model.unique_id) }}'
        where model_name = '{{ this.identifier }}'
    {% endif %}
{% endmacro %}
