{#
    After a run: publishes the marts when they are whole, and prints what became of the
    run as one line of JSON, for whoever watches runs (see docs/orchestrate.md).
#}
{% macro finish_run(results) %}
    {% if execute and flags.WHICH in ('build', 'test') %}
        {% do say_wrong_rules(results) %}
    {% endif %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% set models_done_at = modules.datetime.datetime.now(modules.pytz.utc) %}
        {% set why_not = why_not_published(results) %}
        {% set publication = {
            'published': 'no', 'snapshot_id': none, 'report': none, 'why_not': why_not,
        } %}
        {% if not why_not %}
            {% do publish_marts(publication) %}
            {% do write_report(publication) %}
        {% endif %}
        {% do print(tojson(run_report(results, models_done_at, publication))) %}
        {% if publication.why_not and not why_not %}
            select error({{ quoted(publication.why_not) }})
        {% endif %}
    {% endif %}
{% endmacro %}


{# Of tests of seeds that failed: the rows that are wrong, a line each. #}
{% macro say_wrong_rules(results) %}
    {% for result in results
        if result.status == 'fail' and result.node.resource_type == 'test' %}
        {% set seeds = [] %}
        {% for unique_id in result.node.depends_on.nodes if unique_id.startswith('seed.') %}
            {% do seeds.append(unique_id.split('.') | last) %}
        {% endfor %}
        {% for row in (run_query(
            "select * from (" ~ result.node.compiled_code ~ ") as wrong_rows limit 3"
        ).rows if seeds else []) %}
            {% set words = [] %}
            {% for name in row.keys() if row[name] is not none %}
                {% do words.append(name ~ " = '" ~ row[name] ~ "'") %}
            {% endfor %}
            {% do print(
                "Wrong in seeds/" ~ seeds[0] ~ ".csv, says the test "
                ~ result.node.name ~ ": " ~ words | join(', ')
            ) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}


{# The overview of what is published as one HTML file, where FOOTFALL_REPORT names one. #}
{% macro write_report(publication) %}
    {% set path = env_var('FOOTFALL_REPORT', '') %}
    {% if path and publication.published in ['new', 'unchanged'] %}
        {% set why_not = value_of(
            "select written_report("
            ~ quoted(env_var('FOOTFALL_PUBLISHED', 'published/marts.duckdb')) ~ ", "
            ~ quoted(path) ~ ")"
        ) %}
        {% do publication.update({'report': none, 'why_not': why_not} if why_not
            else {'report': path}) %}
    {% endif %}
{% endmacro %}


{# Why the marts as they are now must not be shown to readers; none if they may. #}
{% macro why_not_published(results) %}
    {% set failed = failed_nodes(results) %}
    {% if failed %}
        {% do return("failed or skipped: " ~ failed[:5] | join(', ')
            ~ (" and " ~ (failed | length - 5) ~ " others" if failed | length > 5 else "")) %}
    {% elif flags.EMPTY or flags.SAMPLE %}
        {% do return("the run read no rows, or a sample of them") %}
    {% elif target.type != 'duckdb' %}
        {% do return("readers of " ~ target.type ~ " query the marts where they are") %}
    {% elif not env_var('FOOTFALL_PUBLISHED', 'published/marts.duckdb') %}
        {% do return("FOOTFALL_PUBLISHED is empty") %}
    {% endif %}
    {% set built = results | map(attribute='node.unique_id') | list %}
    {% set missing = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% if node.config.materialized != 'ephemeral' and node.unique_id not in built %}
            {% do missing.append(node.name) %}
        {% endif %}
    {% endfor %}
    {% do return("the run was of a part of the models only" if missing else none) %}
{% endmacro %}


{# The names of the models, seeds and tests that did not end well. #}
{% macro failed_nodes(results) %}
    {% set names = [] %}
    {% for result in results if result.status not in ['success', 'pass', 'warn', 'no-op'] %}
        {% if result.node.resource_type != 'exposure' %}
            {% do names.append(result.node.name) %}
        {% endif %}
    {% endfor %}
    {% do return(names) %}
{% endmacro %}


{% macro run_report(results, models_done_at, publication) %}
    {% set now = modules.datetime.datetime.now(modules.pytz.utc) %}
    {% set failed = failed_nodes(results) %}
    {% set has_failed = failed or (publication.why_not and publication.published != 'no') %}
    {% set report = {
        'status': 'failed' if has_failed else 'success',
        'command': flags.WHICH,
        'invocation_id': invocation_id,
        'started_at': run_started_at.strftime('%Y-%m-%dT%H:%M:%SZ'),
        'seconds': (now - run_started_at).total_seconds() | round(3),
        'publishing_seconds': (now - models_done_at).total_seconds() | round(3),
        'failed': failed,
        'warned': results | selectattr('status', 'equalto', 'warn')
            | map(attribute='node.name') | list,
    } %}
    {% do report.update(batch_report()) %}
    {% do report.update(publication) %}
    {% do return(report) %}
{% endmacro %}


{# What this run read. #}
{% macro batch_report() %}
    {% set before = graph.get('footfall_batch_before', 0) %}
    {% set report = {
        'batch_id': state_of('int_files').get('batch_id', 0),
        'new_files': 0, 'new_raw_rows': 0, 'new_rejected_rows': 0,
    } %}
    {% set files = relation_of('int_files') %}
    {% set deliveries = relation_of('int_hit_deliveries') %}
    {% if report.batch_id > before and files and deliveries %}
        {% set counts = run_query(
            "select count(*) as raw_rows, count(rejection_reason) as rejected_rows from "
            ~ deliveries ~ " where batch_id > " ~ before
        ).rows[0] %}
        {% do report.update({
            'new_files': value_of(
                "select count(*) from " ~ files ~ " where batch_id > " ~ before
            ),
            'new_raw_rows': counts.raw_rows,
            'new_rejected_rows': counts.rejected_rows,
        }) %}
    {% endif %}
    {% do return(report) %}
{% endmacro %}
