{#
    What is not stored of a raw row: addresses but for what `keep_addresses` lets stay,
    and what the seed `scrub_rules` scrubs. Neither setting nor seed makes a run read the
    raw files again: what is stored already is narrowed in place, see `forget_more`.
#}


{# An address as far as it is kept: 198.51.100.0/24, 2001:db8:0::/48, or all of it; null
   where it is none. #}
{% macro kept_address(address) -%}
    {%- set setting = address_setting() -%}
    {%- if setting == 'none' -%}
        cast(null as string)
    {%- else -%}
        case
            when {{ address }} is null then null
            when {{ matches(address, quoted(ipv4_pattern())) }} then
                {{ address if setting == 'whole' else ipv4_network(address) }}
            when {{ matches(address, "'^[0-9A-Fa-f]*:[0-9A-Fa-f:]*$'") }} then
                {{ 'lower(' ~ address ~ ')' if setting == 'whole' else ipv6_network(address) }}
            when {{ matches(address, "'^[0-9A-Fa-f:.]+/[0-9]+$'") }} then {{ address }}
        end
    {%- endif -%}
{%- endmacro %}


{# Also as it stands within an IPv6 address. #}
{% macro ipv4_pattern() -%}
    ^(?:::[Ff]{4}:)?[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}$
{%- endmacro %}


{% macro ipv4_network(address) -%}
    regexp_extract({{ address }}, '([0-9]+[.][0-9]+[.][0-9]+)[.][0-9]+$', 1) || '.0/24'
{%- endmacro %}


{# Two colons stand for as many zeros as it takes. #}
{% macro ipv6_network(address) -%}
    {%- set groups = "split_part(lower(" ~ address ~ "), '::', 1) || ':0:0:0'" -%}
    {%- for number in [1, 2, 3] -%}
        coalesce(nullif(ltrim(split_part({{ groups }}, ':', {{ number }}), '0'), ''), '0')
        || '{{ ':' if number < 3 else '::/48' }}'{{ ' || ' if number < 3 }}
    {%- endfor -%}
{%- endmacro %}


{% macro address_setting() %}
    {% set setting = var('keep_addresses') %}
    {% if setting not in ['none', 'truncated', 'whole'] %}
        {% do exceptions.raise_compiler_error(
            "Setting keep_addresses: '" ~ setting ~ "' is none of none, truncated, whole."
        ) %}
    {% endif %}
    {% do return(setting) %}
{% endmacro %}


{# The country of a hit: where the source says none, that of its address in the database
   that FOOTFALL_GEO_DATABASE names, if it names one. #}
{% macro known_country(country_code, address) -%}
    {%- if env_var('FOOTFALL_GEO_DATABASE', '') and target.type != 'duckdb' -%}
        {{ exceptions.raise_compiler_error(
            "FOOTFALL_GEO_DATABASE: countries of addresses are looked up on DuckDB only."
        ) }}
    {%- elif env_var('FOOTFALL_GEO_DATABASE', '') -%}
        case
            when {{ country_code }} is null then country_of_address({{ address }})
            else {{ country_code }}
        end
    {%- else -%}
        {{ country_code }}
    {%- endif -%}
{%- endmacro %}


{# The active rules of the seed `scrub_rules`, in their order. #}
{% macro scrub_rules() %}
    {% if not execute or target.name == 'lint' %}
        {% do return([]) %}
    {% endif %}
    {% if 'footfall_scrub_rules' not in graph %}
        {% do graph.update({'footfall_scrub_rules': run_query(
            "select pattern, replacement, coalesce(needed_texts, '') as needed_texts from "
            ~ relation_of_seed('scrub_rules') ~ " where is_active order by priority"
        ).rows}) %}
    {% endif %}
    {% do return(graph.footfall_scrub_rules) %}
{% endmacro %}


{#
    A text without what the rules scrub. Nearly no text holds any of it, so three gates
    stand before the work: texts without which no rule can match, a pattern that matches
    what any of them does, and the rules themselves.
#}
{% macro scrubbed(text) -%}
    {%- set scrubs = namespace(text=text, needed=[], patterns=[], always=false) -%}
    {%- for rule in scrub_rules() -%}
        {%- set scrubs.text = replace_all(
            scrubs.text, '(?i)' ~ rule.pattern, rule.replacement
        ) -%}
        {%- do scrubs.patterns.append('(?:' ~ rule.pattern ~ ')') -%}
        {%- do scrubs.needed.extend(rule.needed_texts.split()) -%}
        {%- if not rule.needed_texts.split() -%}{%- set scrubs.always = true -%}{%- endif -%}
    {%- endfor -%}
    {%- if not scrubs.patterns -%}
        {{ text }}
    {%- else -%}
        case
            when {{ 'true' if scrubs.always else contains_any(text, scrubs.needed) }} then
                case
                    when {{ matches(text, quoted('(?i)' ~ scrubs.patterns | join('|'))) }}
                    then {{ scrubs.text }}
                    else {{ text }}
                end
            else {{ text }}
        end
    {%- endif -%}
{%- endmacro %}


{% macro contains_any(text, parts) -%}
    (
    {%- for part in parts | unique -%}
        contains({{ text }}, {{ quoted(part) }}){{ '' if loop.last else ' or ' }}
    {%- endfor -%}
    )
{%- endmacro %}


{# The texts of a delivery in which people write what is nobody's business. #}
{% macro scrubbed_columns() %}
    {% do return([
        'raw_row', 'hit_name', 'page_url', 'page_title', 'referrer_url', 'utm_source',
        'utm_medium', 'utm_campaign', 'utm_term', 'utm_content',
    ]) %}
{% endmacro %}


{#
    Hook before the deliveries: a narrower `keep_addresses` or further rules of
    `scrub_rules` are applied to what is stored. What was not stored stays away.
#}
{% macro forget_more() %}
    {% if execute %}
        {{ adapter.dispatch('forget_more', 'footfall')(
            local_md5(address_setting() ~ scrub_rules() | map('join', ' ') | join('|'))
        ) }}
    {% endif %}
{% endmacro %}


{% macro default__forget_more(rules) %}
    {% set known = value_of(
        "select fingerprint from " ~ state_table() ~ " where model_name = 'stored texts'"
    ) %}
    {% if known and known != rules and is_incremental() %}
        {{ narrow_stored_texts(this) }}
        {% if adapter.get_relation(
            this.database, this.schema, this.identifier ~ '__replaced'
        ) %}
            {{ narrow_stored_texts(replaced_table(this)) }}
        {% endif %}
    {% endif %}
    {% if known != rules %}
        delete from {{ state_table() }} where model_name = 'stored texts';
        insert into {{ state_table() }} (model_name, fingerprint)
        values ('stored texts', '{{ rules }}')
    {% endif %}
{% endmacro %}


{# Spark's Parquet tables are not changed in place. #}
{% macro spark__forget_more(rules) %}
    {% set known = properties_of(this).get('footfall.texts') %}
    {% if known and known != rules and is_incremental() %}
        {% do exceptions.raise_compiler_error(
            "The setting keep_addresses or the seed scrub_rules was changed; what is stored"
            ~ " on Spark is brought in line with them by --full-refresh only."
        ) %}
    {% endif %}
    {% do graph.setdefault('footfall_texts', {}).update({this.identifier: rules}) %}
{% endmacro %}


{% macro narrow_stored_texts(relation) %}
    update {{ relation }} set
        ip_range = {{ kept_address('ip_range') }}
        {%- for column in scrubbed_columns() %},
            {{ column }} = {{ scrubbed(column) }}
        {%- endfor %}
    where
        ip_range is distinct from {{ kept_address('ip_range') }}
        {%- for column in scrubbed_columns() %}
            or {{ column }} is distinct from {{ scrubbed(column) }}
        {%- endfor %};
{% endmacro %}
