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
    {% set state = state_of(node.alias) %}
    {% set has_missed_batches = (
        not node.config.meta.get('ignore_code_changes')
        and state.get('batch_id', 0) <= state_of('int_files').get('batch_id', 0) - 20
    ) %}
    {% do return(has_missed_batches or state.get('fingerprint') != rule_fingerprint(unique_id)) %}
{% endmacro %}


{#
    A hash of everything but the hits that a model's rows follow from:
    the seeds above it as they are in the database, the settings that it names,
    its SQL and that of the views above it, and the generation of the incremental
    models above it. With `meta: {ignore_code_changes: true}` the SQL does not
    count. It is the same from the start of a run to its end, and worked out once.
#}
{% macro rule_fingerprint(unique_id) %}
    {% set known = graph.setdefault('footfall_fingerprints', {}) %}
    {% if unique_id not in known %}
        {% do known.update({unique_id: compute_rule_fingerprint(unique_id)}) %}
    {% endif %}
    {% do return(known[unique_id]) %}
{% endmacro %}


{% macro compute_rule_fingerprint(unique_id) %}
    {% set node = graph.nodes[unique_id] %}
    {% set counts_code = not node.config.meta.get('ignore_code_changes') %}
    {% set parts = [] %}
    {% for other in [node] + nodes_above(node) %}
        {% if other.resource_type == 'seed' %}
            {% do parts.append(other.name ~ content_of_seed(other)) %}
        {% elif is_stateful(other) and other.unique_id != node.unique_id %}
            {% do parts.append(other.name ~ generation_after_this_run(other)) %}
        {% else %}
            {% if counts_code %}
                {% do parts.append(other.name ~ other.checksum.checksum) %}
            {% endif %}
            {% set code = other.raw_code.replace('"', "'") %}
            {% for name in setting_names() if "var('" ~ name in code %}
                {% do parts.append(name ~ '=' ~ var(name)) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% if node.config.meta.get('rules_version') %}
        {% do parts.append('version ' ~ value_of("select " ~ node.config.meta.rules_version)) %}
    {% endif %}
    {% if node.config.meta.get('parses_user_agents') %}
        {% do parts.append(value_of("select " ~ user_agent_parser_version())) %}
    {% endif %}
    {% do return(local_md5(parts | unique | sort | join('|'))) %}
{% endmacro %}


{# What stands in a seed's table. Looked up once a run, and again when it is loaded. #}
{% macro content_of_seed(node) %}
    {% set known = graph.setdefault('footfall_seeds', {}) %}
    {% if node.alias not in known %}
        {% set relation = api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        ) %}
        {% do known.update({node.alias: value_of(content_of(relation), '')}) %}
    {% endif %}
    {% do return(known[node.alias]) %}
{% endmacro %}


{# Hook after a seed. #}
{% macro forget_content_of_seed() %}
    {% do graph.get('footfall_seeds', {}).pop(this.identifier, none) %}
{% endmacro %}


{# The run that has last built a model from scratch when this one is over. A model may be
   asked for it before it is built, by an ephemeral part of one further down: both must
   get the same answer, else one adds to what the other drops. #}
{% macro generation_after_this_run(node) %}
    {% set is_built_anew = node.config.get('full_refresh') is not false and (
        flags.FULL_REFRESH or rules_changed(node.unique_id)
    ) %}
    {% set generation = state_of(node.alias).get('generation') %}
    {% do return(invocation_id if is_built_anew or not generation else generation) %}
{% endmacro %}
