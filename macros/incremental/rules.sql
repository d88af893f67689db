{#
    dbt asks this macro whether to build a model from scratch. Besides
    --full-refresh, a changed rule is a reason: a seed, a setting, the SQL of the
    model, or a model above it that was itself built from scratch.
#}
{% macro should_full_refresh() %}
    {% set configured = config.get('full_refresh') %}
    {% if configured is not none %}
        {% do return(configured) %}
    {% endif %}
    {% do return(
        flags.FULL_REFRESH
        or (execute and is_stateful(model) and rules_changed(model.unique_id))
    ) %}
{% endmacro %}


{# A model that has missed so many batches that what was replaced since is not kept
   any more counts as one whose rules changed. #}
{% macro rules_changed(unique_id) %}
    {% set node = graph.nodes[unique_id] %}
    {% set built_with = value_of(
        "select fingerprint from " ~ state_table()
        ~ " where model_name = '" ~ node.alias ~ "'"
        ~ ("" if node.config.meta.get('ignore_code_changes') else
           " and batch_id > (select max(batch_id) - 20 from " ~ state_table() ~ ")")
    ) %}
    {% do return(built_with != rule_fingerprint(unique_id)) %}
{% endmacro %}


{#
    A hash of everything but the hits that a model's rows follow from:
    the seeds above it as they are in the database, the settings that it names,
    its SQL and that of the views above it, and the generation of the incremental
    models above it. With `meta: {ignore_code_changes: true}` the SQL does not
    count. It is asked for several times while a model is compiled and built, and
    worked out once.
#}
{% macro rule_fingerprint(unique_id) %}
    {% set known = graph.setdefault('footfall_fingerprints', {}) %}
    {% set key = model.unique_id ~ ' asks for ' ~ unique_id %}
    {% if key not in known %}
        {% do known.update({key: compute_rule_fingerprint(unique_id)}) %}
    {% endif %}
    {% do return(known[key]) %}
{% endmacro %}


{% macro compute_rule_fingerprint(unique_id) %}
    {% set node = graph.nodes[unique_id] %}
    {% set nodes = nodes_above(node) %}
    {% set parts = [] %}
    {% set queries = ["select '' as part, '' as content"] %}
    {% for other in [node] + nodes %}
        {% if other.resource_type == 'seed' %}
            {% do queries.append(seed_content(other)) %}
        {% elif is_stateful(other) and other.unique_id != node.unique_id %}
            {% do queries.append(
                "select model_name, generation from " ~ state_table()
                ~ " where model_name = '" ~ other.alias ~ "'"
            ) %}
        {% else %}
            {% if not node.config.meta.get('ignore_code_changes') %}
                {% do parts.append(other.name ~ other.checksum.checksum) %}
            {% endif %}
            {% set code = other.raw_code.replace('"', "'") %}
            {% for name in setting_names() if "var('" ~ name in code %}
                {% do parts.append(name ~ '=' ~ (var(name) | string).replace("'", '"')) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% if node.config.meta.get('rules_version') %}
        {% do queries.append("select 'version', " ~ node.config.meta.rules_version) %}
    {% endif %}
    {% do return(value_of(
        "select md5('" ~ parts | unique | sort | join('|')
        ~ "' || string_agg(part || content, '|' order by part, content)) from ("
        ~ queries | unique | join(' union all ') ~ ") as parts"
    )) %}
{% endmacro %}


{# A query for the content of a seed's table, whatever the order of its rows. #}
{% macro seed_content(node) %}
    {% set relation = api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    ) %}
    {% do return(
        "select '" ~ node.alias ~ "', md5(coalesce(string_agg(cast(s as string), '|'"
        ~ " order by cast(s as string)), '')) from " ~ relation ~ " as s"
    ) %}
{% endmacro %}
