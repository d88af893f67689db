{# What rules in seeds leave out of the figures. #}


{# Whether a seed has an active rule: what only looks for matches of none is not worked
   out. It never changes a result. #}
{% macro has_active_rules(seed_name) -%}
    {%- if not execute or target.name == 'lint' -%}
        true
    {%- else -%}
        {{ 'true' if value_of(
            "select count(*) from " ~ rule_relation(seed_name) ~ " where is_active"
        ) else 'false' }}
    {%- endif -%}
{%- endmacro %}


{% macro rule_relation(seed_name) -%}
    {{ relation_of_seed(seed_name) }}
{%- endmacro %}


{# Ends the run where a range is none, or finer than what is kept of addresses: such a rule
   would never match. #}
{% macro check_address_rules() %}
    {{ adapter.dispatch('check_address_rules', 'footfall')() }}
{% endmacro %}

{% macro spark__check_address_rules() %}
    {% if execute and value_of(
        "select count(*) from " ~ rule_relation('address_rules') ~ " where is_active"
    ) %}
        {% do exceptions.raise_compiler_error(
            "Seed address_rules: ranges of addresses are compared on DuckDB only."
        ) %}
    {% endif %}
{% endmacro %}

{% macro default__check_address_rules() %}
    {% set kept_bits = {'none': [0, 0], 'truncated': [24, 48], 'whole': [32, 128]}[address_setting()] %}
    {% for rule in (run_query(
        "select address_range, network_bits(address_range) as bits,"
        ~ " contains(address_range, ':') as is_sixth_version from "
        ~ rule_relation('address_rules') ~ " where is_active order by priority"
    ).rows if execute and target.name != 'lint' else []) %}
        {% if rule.bits is none %}
            {% do exceptions.raise_compiler_error(
                "Seed address_rules: '" ~ rule.address_range ~ "' is no range of addresses"
                ~ " such as 198.51.100.0/24 or 2001:db8::/32."
            ) %}
        {% elif rule.bits > kept_bits[1 if rule.is_sixth_version else 0] %}
            {% do exceptions.raise_compiler_error(
                "Seed address_rules: the range " ~ rule.address_range ~ " is finer than what"
                ~ " the setting keep_addresses (" ~ address_setting() ~ ") keeps of addresses,"
                ~ " so that it would match none."
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{# The first and the last address of a range, as text of one length that sorts as they
   do; null where it is no range. #}
{% macro first_address(ip_range) -%}
    {{ 'first_address(' ~ ip_range ~ ')' if target.type == 'duckdb' else 'cast(null as string)' }}
{%- endmacro %}


{% macro last_address(ip_range) -%}
    {{ 'last_address(' ~ ip_range ~ ')' if target.type == 'duckdb' else 'cast(null as string)' }}
{%- endmacro %}


{# Whether a host is the one that a rule names, or below it where the rule begins with a
   dot. #}
{% macro is_host_or_below(host, rule) -%}
    (
        {{ host }} = {{ rule }}
        or ({{ rule }} like '.%' and {{ host }} like '%' || {{ rule }})
    )
{%- endmacro %}
