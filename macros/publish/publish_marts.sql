{#
    Puts all marts, as they are now, in the place of those that readers have had, such
    that nobody ever sees two marts of different runs. `publication` is told what came of
    it: published is `new`, `unchanged` or `failed`, and why_not.
#}
{% macro publish_marts(publication) %}
    {{ return(adapter.dispatch('publish_marts', 'footfall')(publication)) }}
{% endmacro %}


{# An engine on which readers do not read a file says here how it does. #}
{% macro default__publish_marts(publication) %}
    {% do publication.update({'why_not': target.type ~ ' has no way to publish yet'}) %}
{% endmacro %}


{# As a DuckDB file and as Parquet (plugins/publish.py). A run that changed nothing leaves
   what is there. #}
{% macro duckdb__publish_marts(publication) %}
    {% set path = env_var('FOOTFALL_PUBLISHED', 'published/marts.duckdb') %}
    {% set fingerprint = marts_fingerprint() %}
    {% set published_id = value_of(
        "select published_snapshot(" ~ quoted(path) ~ ", " ~ quoted(fingerprint) ~ ", "
        ~ var('published_snapshots_kept') ~ ")"
    ) %}
    {% if published_id %}
        {% do publication.update({'published': 'unchanged', 'snapshot_id': published_id}) %}
        {% do return(none) %}
    {% endif %}
    {% set snapshot = {
        'snapshot_id': value_of("select new_snapshot_id()"),
        'content_fingerprint': fingerprint,
        'kept': var('published_snapshots_kept'),
        'tables': {},
    } %}
    {% for node in graph.nodes.values() | sort(attribute='name') %}
        {% if node.resource_type == 'model' and node.schema == 'marts' %}
            {% do snapshot.tables.update({node.alias: described_table(node)}) %}
        {% endif %}
    {% endfor %}
    {% do snapshot.tables.update(tables_about(snapshot)) %}
    {% do adapter.store_relation('footfall', state_table(), [], path, 'duckdb', snapshot) %}
    {% if snapshot.failure %}
        {% do publication.update({'published': 'failed', 'why_not': snapshot.failure}) %}
    {% else %}
        {% do publication.update({'published': 'new', 'snapshot_id': snapshot.snapshot_id}) %}
    {% endif %}
{% endmacro %}
