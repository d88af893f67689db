{# Before anything is built: the state table, and one clear sentence for what a
   run could not work with. #}
{% macro prepare_run() %}
    {% if execute and flags.WHICH in ('run', 'build', 'test', 'seed') %}
        {% do check_settings() %}
        {% do adapter.dispatch('prepare_state', 'footfall')() %}
        {% if flags.WHICH in ('run', 'build') %}
            {% do graph.update({
                'footfall_batch_before': state_of('int_files').get('batch_id', 0)
            }) %}
            {% do check_inputs() %}
        {% endif %}
    {% endif %}
{% endmacro %}


{# The settings of dbt_project.yml. #}
{% macro setting_names() %}
    {% do return([
        'session_timeout_seconds', 'default_time_zone', 'default_site_id',
        'engaged_session_seconds', 'count_bots', 'count_internal', 'count_referrer_spam', 'drop_hits_of_missing_files',
        'own_columns', 'published_snapshots_kept', 'keep_addresses',
        'source_drop_share',
    ]) %}
{% endmacro %}


{% macro check_settings() %}
    {% for name in (invocation_args_dict.get('vars') or {}) %}
        {% if name not in setting_names() %}
            {% do exceptions.raise_compiler_error(
                "Unknown setting '" ~ name ~ "' in --vars; the settings are "
                ~ setting_names() | join(', ') ~ "."
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
