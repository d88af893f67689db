{# The rows of a relation with a user_agent, and what it says: device_type, browser,
   operating_system, crawler and its tag, each null where it does not tell. #}
{% macro parse_user_agents(relation) %}
    {{ return(adapter.dispatch('parse_user_agents', 'footfall')(relation)) }}
{% endmacro %}

{% macro default__parse_user_agents(relation) %}
    select
        user_agent,
        parsed['device_type'] as device_type,
        parsed['browser'] as browser,
        parsed['operating_system'] as operating_system,
        parsed['crawler'] as crawler,
        parsed['crawler_tag'] as crawler_tag
    from (
        select
            user_agent,
            parse_user_agent(user_agent) as parsed
        from {{ relation }}
    ) as user_agents
{% endmacro %}

{# Pipes them through the same Python code, as lines of JSON. #}
{% macro spark__parse_user_agents(relation) %}
    select
        parsed['user_agent'] as user_agent,
        parsed['device_type'] as device_type,
        parsed['browser'] as browser,
        parsed['operating_system'] as operating_system,
        parsed['crawler'] as crawler,
        parsed['crawler_tag'] as crawler_tag
    from (
        select from_json(line, 'map<string, string>') as parsed
        from (
            select transform(to_json(struct(user_agent)))
            using '{{ user_agent_program() }}' as (line string)
            from {{ relation }}
        ) as lines
    ) as user_agents
{% endmacro %}


{# The version of the lists that this looks up: a change is a change of rules. #}
{% macro user_agent_parser_version() %}
    {{ return(adapter.dispatch('user_agent_parser_version', 'footfall')()) }}
{% endmacro %}

{% macro default__user_agent_parser_version() %}
    {{ return('user_agent_parser_version()') }}
{% endmacro %}

{% macro spark__user_agent_parser_version() %}
    {{ return(
        "version from (select transform(1) using '" ~ user_agent_program()
        ~ " --version' as (version string))"
    ) }}
{% endmacro %}


{# Python and the program, as they are called on the machines that do the work. #}
{% macro user_agent_program() -%}
    {{ env_var('PYSPARK_PYTHON', 'python3') }} {{ env_var(
        'FOOTFALL_USER_AGENT_PROGRAM', project_folder() ~ '/plugins/user_agents.py'
    ) }}
{%- endmacro %}
