{#
    Conditions with constants: only by constants does a database know which
    parts of a stored table it need not look at. They never change a result, only what
    it costs.
#}

{# Files in which a hit was delivered that the new ones deliver again. #}
{% macro files_with_repeats(column) %}
    {% if not execute or not builds_on_stored() %}
        {% do return('true') %}
    {% endif %}
    {% set seen = batch_seen() %}
    {% set files = values_of(
        "select distinct file_id from " ~ ref('int_hit_deliveries')
        ~ " where hit_key in (select hit_key from " ~ ref('int_hit_deliveries')
        ~ " where batch_id > " ~ seen ~ " union all select hit_key from "
        ~ replaced(ref('int_hit_deliveries')) ~ " where replaced_batch_id > " ~ seen ~ ")"
    ) %}
    {% do return(column ~ " in (" ~ files | join(', ') ~ ")" if files else 'false') %}
{% endmacro %}


{#
    Stored days that hits which are to be cut can reach. A hit reaches no further than
    the longest timeout, and a local date is at most a day off the UTC date.
#}
{% macro days_within_reach(column) %}
    {% if not execute or not builds_on_stored('int_session_days') %}
        {% do return('true') %}
    {% endif %}
    {% set reach = 1 + value_of(
        "select cast(ceil(greatest(coalesce(max(session_timeout_seconds), 0), "
        ~ var("session_timeout_seconds") ~ ") / 86400.0) as integer) from " ~ ref('sites'), 1
    ) %}
    {% do return(is_one_of(column, values_of(
        "select distinct cast(" ~ add_days('cast(event_at as date)', 'days.number') ~ " as string) from ("
        ~ " select event_at from " ~ ref('int_hit_deliveries')
        ~ " where batch_id > " ~ batch_seen('int_session_days')
        ~ " union all select event_at from " ~ ref('int_repeated_deliveries')
        ~ " where batch_id > " ~ batch_seen('int_session_days')
        ~ ") as hits cross join (" ~ whole_numbers(-reach, reach) ~ ") as days"
        ~ " where event_at is not null"
    ))) %}
{% endmacro %}


{# Stored sessions with a day within reach, by the date on which they started. #}
{% macro sessions_within_reach(column) %}
    {% if not execute or not builds_on_stored('int_session_days') %}
        {% do return('true') %}
    {% endif %}
    {% do return(is_one_of(column, values_of(
        "select distinct cast(session_date as string) from "
        ~ stored('int_session_days') ~ " as stored where "
        ~ days_within_reach('active_date')
    ))) %}
{% endmacro %}


{# Sessions that a run of `int_sessions` brings up to date, by the date on which they
   started. Two models ask; it is looked up once. #}
{% macro touched_session_dates(column) %}
    {% if not execute or not builds_on_stored('int_sessions') %}
        {% do return('true') %}
    {% endif %}
    {% set known = graph.setdefault('footfall_touched_session_dates', {}) %}
    {% set seen = batch_seen('int_sessions') %}
    {% if seen not in known %}
        {% set session_days = relation_of('int_session_days') %}
        {% set visitors = relation_of('int_visitor_users') %}
        {% set bot_days = relation_of('int_bot_days') %}
        {% do known.update({seen: values_of(
            "select distinct cast(session_date as string) from ("
            ~ " select session_date from " ~ session_days
            ~ " where batch_id > " ~ seen
            ~ " union all select session_date from "
            ~ replaced(session_days, 'int_sessions')
            ~ " where replaced_batch_id > " ~ seen
            ~ " union all select session_date from " ~ session_days
            ~ " where visitor_id in (select visitor_id from " ~ visitors
            ~ " where batch_id > " ~ seen ~ " union all select visitor_id from "
            ~ replaced(visitors, 'int_sessions') ~ " where replaced_batch_id > " ~ seen
            ~ " union all select visitor_id from " ~ bot_days
            ~ " where batch_id > " ~ seen ~ " union all select visitor_id from "
            ~ replaced(bot_days, 'int_sessions') ~ " where replaced_batch_id > " ~ seen
            ~ ")) as sessions"
        )}) %}
    {% endif %}
    {% do return(is_one_of(column, known[seen])) %}
{% endmacro %}


{# Dates of the hits of sessions that are new to a model. #}
{% macro new_active_dates(column, model_name) %}
    {% if not execute or not builds_on_stored(model_name) %}
        {% do return('true') %}
    {% endif %}
    {% do return(is_one_of(column, values_of(
        "select distinct cast(active_date as string) from " ~ ref('int_session_days')
        ~ " where batch_id > " ~ batch_seen(model_name)
    ))) %}
{% endmacro %}


{# Dates of the sessions that came or changed since a model, the current one, last ran. #}
{% macro changed_session_dates(column) %}
    {% if not execute or not builds_on_stored() %}
        {% do return('true') %}
    {% endif %}
    {% do return(is_one_of(column, values_of(
        "select distinct cast(session_date as string) from " ~ ref('int_sessions')
        ~ " where batch_id > " ~ batch_seen()
        ~ " union select distinct cast(session_date as string) from "
        ~ replaced(ref('int_sessions')) ~ " where replaced_batch_id > " ~ batch_seen()
    ))) %}
{% endmacro %}


{# Whether the sessions of a site end at midnight, or at a campaign: with constants, so
   that what serves sites which do so costs nothing where there is none. #}
{% macro splits_at(event, site_id) %}
    {% set sites = values_of(
        "select site_id from " ~ ref('session_splits') ~ " where splits_at = '" ~ event ~ "'"
    ) %}
    {% do return(site_id ~ " in ('" ~ sites | join("', '") ~ "')" if sites else 'false') %}
{% endmacro %}


{# Types of hits that a goal can count. #}
{% macro types_of_goals(column) %}
    {% set types = values_of(
        "select distinct hit_type from " ~ ref('goals') ~ " as goals where "
        ~ asks_for_a_hit('goals')
    ) %}
    {% if not execute or target.name == 'lint' or none in types %}
        {% do return('true') %}
    {% endif %}
    {% do return(
        column ~ " in ('" ~ types | join("', '") ~ "')" if types else 'false'
    ) %}
{% endmacro %}


{# A pattern that finds a campaign tag or a click id in a lower-case URL. #}
{% macro campaign_parameters() -%}
    [?&](utm_source|utm_medium|utm_campaign
    {%- for parameter in values_of("select parameter from " ~ ref('click_ids') ~ " order by 1") -%}
        |{{ parameter }}
    {%- endfor -%}
    )=
{%- endmacro %}


{# Whether a goal counts hits; else it counts sessions. #}
{% macro asks_for_a_hit(goals) -%}
    coalesce(
        {{ goals }}.hit_type, {{ goals }}.hit_name, {{ goals }}.page_url_pattern,
        {{ goals }}.page_title_pattern, cast({{ goals }}.minimum_value as string)
    ) is not null
{%- endmacro %}


{# The time of hits on days that a run of `int_bot_days` touches. A local date is at most
   a day off the UTC date. #}
{% macro touched_hits_only(column) %}
    {% if not execute or not builds_on_stored('int_bot_days') %}
        {% do return('true') %}
    {% endif %}
    {% set touched -%}
        from (
            select active_date from {{ ref('int_session_days') }}
            where batch_id > {{ batch_seen('int_bot_days') }}
            union all
            select active_date from {{ replaced(ref('int_session_days'), 'int_bot_days') }}
            where replaced_batch_id > {{ batch_seen('int_bot_days') }}
        ) as touched_days
    {%- endset %}
    {% set first = value_of("select cast(min(active_date) as string) " ~ touched) %}
    {% set last = value_of("select cast(max(active_date) as string) " ~ touched) %}
    {% do return(
        column ~ " >= " ~ add_days("date '" ~ first ~ "'", -1)
        ~ " and " ~ column ~ " < " ~ add_days("date '" ~ last ~ "'", 2)
        if first else 'false'
    ) %}
{% endmacro %}


{% macro is_one_of(column, dates) %}
    {% do return(
        column ~ " in (date '" ~ dates | join("', date '") ~ "')" if dates else 'false'
    ) %}
{% endmacro %}
