{#
    The bounds, as in bounds.sql, of `int_session_hits` and of the models below it.
#}

{# Sessions that came or changed since `int_session_hits` was brought up to date, by the
   date on which they started. #}
{% macro renewed_session_dates(column) %}
    {% if not execute or not builds_on_stored('int_session_hits') %}
        {% do return('true') %}
    {% endif %}
    {% do return(is_one_of(column, values_of(
        "select distinct cast(session_date as string) from " ~ ref('int_sessions')
        ~ " where batch_id > " ~ batch_seen('int_session_hits')
    ))) %}
{% endmacro %}


{# The active dates of `int_touched_session_days`, which must be of this run: the one before
   left in it what it touched itself. #}
{% macro touched_dates(column) %}
    {% if (
        flags.WHICH in ('run', 'build') and target.name != 'lint' and execute
        and 'model.footfall.int_touched_session_days' not in selected_resources
    ) %}
        {% do exceptions.raise_compiler_error(
            "int_session_hits needs int_touched_session_days of the same run:"
            ~ " select both, such as by +int_session_hits."
        ) %}
    {% endif %}
    {% if not execute or not builds_on_stored('int_session_hits') %}
        {% do return('true') %}
    {% endif %}
    {% do return(is_one_of(column, values_of(
        "select distinct cast(active_date as string) from "
        ~ ref('int_touched_session_days') ~ " where not is_gone"
    ))) %}
{% endmacro %}


{# The instants that those dates can hold: a local date is at most 14 hours off the
   UTC date. Dates next to each other make one range. #}
{% macro touched_instants(column) %}
    {% if not execute or not builds_on_stored('int_session_hits') %}
        {% do return('true') %}
    {% endif %}
    {% set ranges = values_of(
        "select concat('" ~ column ~ " between timestamp ', chr(39), min(active_date)"
        ~ " - interval 14 hour, chr(39), ' and timestamp ', chr(39), max(active_date)"
        ~ " + interval 38 hour, chr(39)) from ("
        ~ " select active_date, active_date - cast(dense_rank() over (order by active_date)"
        ~ " as integer) as first_date from " ~ ref('int_touched_session_days')
        ~ " where not is_gone) as dates group by first_date order by 1"
    ) %}
    {% do return('(' ~ ranges | join(' or ') ~ ')' if ranges else 'false') %}
{% endmacro %}


{# Whether any hit says how long or how far a page was read. Most formats never do; the
   database can't tell, and joining nothing cost a third of `int_session_hits`. #}
{% macro hits_are_measured() %}
    {% if not execute or target.name == 'lint' %}
        {% do return('true') %}
    {% endif %}
    {% do return('true' if value_of(
        "select 1 from " ~ relation_of('int_hit_deliveries')
        ~ " where engaged_seconds is not null or scroll_percent is not null limit 1"
    ) else 'false') %}
{% endmacro %}


{# The active dates of hits that came, changed or went since a model below
   `int_session_hits`, the current one, was brought up to date. #}
{% macro renewed_dates(column) %}
    {% if not execute or not builds_on_stored() %}
        {% do return('true') %}
    {% endif %}
    {% set hits = ref('int_session_hits') %}
    {% do return(is_one_of(column, values_of(
        "select distinct cast(active_date as string) from " ~ hits
        ~ " where batch_id > " ~ batch_seen()
        ~ " union select distinct cast(active_date as string) from " ~ replaced(hits)
        ~ " where replaced_batch_id > " ~ batch_seen()
    ))) %}
{% endmacro %}


{# How many dates after the entry a step of a funnel can be; sites may be a date apart. #}
{% macro funnel_days() %}
    {% do return(value_of(
        "select cast(1 + ceil(max(window_minutes) / 1440.0) as integer) from " ~ ref('funnels'), 1
    )) %}
{% endmacro %}


{# The dates within reach of a funnel from those of hits that came, changed or went since
   `int_funnel_entries` was brought up to date. #}
{% macro funnel_dates(column) %}
    {% if not execute or not builds_on_stored('int_funnel_entries') %}
        {% do return('true') %}
    {% endif %}
    {% set hits, days = ref('int_session_hits'), funnel_days() %}
    {% do return(is_one_of(column, values_of(
        "select distinct cast(" ~ add_days('active_date', 'number') ~ " as string) from ("
        ~ "select active_date from " ~ hits ~ " where batch_id > "
        ~ batch_seen('int_funnel_entries') ~ " union select active_date from "
        ~ replaced(hits, 'int_funnel_entries') ~ " where replaced_batch_id > "
        ~ batch_seen('int_funnel_entries') ~ ") as dates cross join ("
        ~ whole_numbers(-days, days) ~ ") as days"
    ))) %}
{% endmacro %}
