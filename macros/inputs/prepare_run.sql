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
            {% do check_empty_run() %}
            {% do check_inputs() %}
        {% endif %}
    {% endif %}
{% endmacro %}


{# A run with --empty builds models from no rows, and notes that they are up to date. #}
{% macro check_empty_run() %}
    {% if flags.EMPTY and graph.get('footfall_batch_before') %}
        {% do exceptions.raise_compiler_error(
            "A run with --empty would leave models empty that hold hits: give it a database"
            ~ " of its own, such as FOOTFALL_DATABASE=empty.duckdb."
        ) %}
    {% endif %}
{% endmacro %}


{# The settings of dbt_project.yml. #}
{% macro setting_names() %}
    {% do return([
        'session_timeout_seconds', 'default_time_zone', 'default_site_id',
        'engaged_session_seconds', 'reporting_currency', 'touch_lookback_days',
        'attribution_lookback_days', 'attribution_half_life_days', 'campaign_costs_table',
        'as_of_date', 'fiscal_year_first_month', 'fiscal_calendar', 'alert_days',
        'alert_weeks', 'count_bots', 'count_internal', 'count_referrer_spam',
        'drop_hits_of_missing_files', 'published_snapshots_kept', 'keep_addresses',
        'source_drop_share', 'own_columns',
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
