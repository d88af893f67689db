{#
    The one way in which incremental models change: "replace these keys".

    A model selects the rows that its touched keys have now. All stored rows with
    those keys go, and the selected ones come. Configured by

    replace_by    the key columns; a key may have many rows
    gone_when     a condition that marks a selected row which only says that its
                  key has no rows any more
    bounded_by    a column with few values that is the same in all rows of a key;
                  stored rows with other values are not looked at, and on Spark the
                  table is partitioned by it, unless `partition_by` names another

    keeps_replaced  whether what goes is kept in the table <model>__replaced, for the
                  last 20 batches, so that the models below can take it off their sums

    A model that a run brings nothing new is left as it is, its query not asked.
#}
{% materialization incremental, adapter='duckdb' %}
    {% if is_up_to_date() %}
        {% call noop_statement('main', 'NOTHING NEW') %}{% endcall %}
        {{ return({'relations': [this]}) }}
    {% endif %}
    {{ return(dbt.materialization_incremental_duckdb()) }}
{% endmaterialization %}


{% macro get_incremental_replace_sql(arg_dict) %}
    {% set target = arg_dict['target_relation'] %}
    {% set temp = arg_dict['temp_relation'] %}
    {% set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') %}
    {% set keys = config.require('replace_by') %}
    {% set gone_when = config.get('gone_when', 'false') %}
    {% set is_touched -%}
        {{ rows_bounded_by(config.get('bounded_by'), temp) }}
        and exists (
            select 1 from {{ temp }} as touched
            where {% for key in keys -%}
                touched.{{ key }} is not distinct from stored.{{ key }}
                {%- if not loop.last %} and {% endif -%}
            {% endfor %}
        )
    {%- endset %}
    {% if config.get('skip_unchanged') %}
        {{ delete_unchanged(temp, target, keys, arg_dict['dest_columns']) }}
    {% endif %}
    {% if config.get('keeps_replaced') %}
        insert into {{ replaced_table(target) }}
        select stored.*, {{ this_batch() }} from {{ target }} as stored
        where {{ is_touched }};
        delete from {{ replaced_table(target) }}
        where replaced_batch_id <= {{ this_batch() - 20 }};
    {% endif %}
    delete from {{ target }} as stored
    where {{ is_touched }};

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ temp }} where not coalesce({{ gone_when }}, false)
{% endmacro %}


{# Rows that are stored already, column for column, are no change: they are
   taken out, so that nothing below has to look at them. #}
{% macro delete_unchanged(temp, target, keys, columns) %}
    delete from {{ temp }} as selected
    where exists (
        select 1 from {{ target }} as stored
        where {{ rows_bounded_by(config.get('bounded_by'), temp) }}
        {% for column in columns if column.name != 'batch_id' %}
            and stored.{{ column.quoted }} is not distinct from selected.{{ column.quoted }}
        {% endfor %}
    );
{% endmacro %}


{# A condition on `stored` with the values as constants: only then does the
   database skip what holds no such value. #}
{% macro rows_bounded_by(column, temp) %}
    {% if not column or not execute %}
        {% do return('true') %}
    {% endif %}
    {% set values = values_of(
        "select distinct cast(" ~ column ~ " as string) from " ~ temp
        ~ " where " ~ column ~ " is not null"
    ) %}
    {% do return(
        "stored." ~ column ~ " in ('" ~ values | join("', '") ~ "')"
        if values else 'false'
    ) %}
{% endmacro %}


{% macro replaced_table(relation) -%}
    {{ relation.incorporate(
        path={'identifier': relation.identifier ~ '__replaced'}, type='table'
    ) }}
{%- endmacro %}


{# The rows of a relation that later runs replaced, with the batch that did so; none
   for a model, by default the current one, that is built from scratch. #}
{% macro replaced(relation, model_name=none) %}
    {% set log = adapter.get_relation(
        relation.database, relation.schema, relation.identifier ~ '__replaced'
    ) if execute and builds_on_stored(model_name) %}
    {% do return(
        log if log else
        "(select *, cast(0 as bigint) as replaced_batch_id from " ~ relation
        ~ " where false)"
    ) %}
{% endmacro %}


{# The rows of a model, by default the current one, as the last run left them; none
   when it is built from scratch. Takes the columns from the model's YAML. #}
{% macro stored(model_name=none) %}
    {% if not execute %}
        {% do return("(select 1)") %}
    {% endif %}
    {% set node = graph.nodes['model.footfall.' ~ model_name] if model_name else model %}
    {% if builds_on_stored(model_name) %}
        {% set relation = relation_of(model_name) if model_name else this %}
        {% do return(adapter.dispatch('in_order_of_yaml', 'footfall')(relation, node)) %}
    {% endif %}
    {% set columns = [] %}
    {% for column in node.columns.values() %}
        {% do columns.append(
            "cast(null as " ~ column.data_type ~ ") as " ~ column.name
        ) %}
    {% endfor %}
    {% do return("(select " ~ columns | join(', ') ~ " where false)") %}
{% endmacro %}


{% macro default__in_order_of_yaml(relation, node) %}
    {% do return(relation) %}
{% endmacro %}

{# Spark moves the column that a table is partitioned by to its end. #}
{% macro spark__in_order_of_yaml(relation, node) %}
    {% do return(
        "(select " ~ node.columns.keys() | join(', ') ~ " from " ~ relation ~ ")"
    ) %}
{% endmacro %}


{# The columns of a model in the order of its YAML. #}
{% macro columns_of(model_name, except=[]) %}
    {% if not execute %}
        {% do return('*') %}
    {% endif %}
    {% do return(
        graph.nodes['model.footfall.' ~ model_name].columns.keys()
        | reject('in', except) | join(', ')
    ) %}
{% endmacro %}
