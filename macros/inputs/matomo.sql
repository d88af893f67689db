{# A whole number as text; what has passed through a table of floating point numbers ends
   in .0. #}
{% macro matomo_number(column) -%}
    regexp_replace({{ text_or_null(column) }}, '[.]0$', '')
{%- endmacro %}


{# An id of Matomo as text; 0 is none. #}
{% macro matomo_id(column) -%}
    nullif({{ matomo_number(column) }}, '0')
{%- endmacro %}


{# A visitor's id, which is eight bytes: as hexadecimal digits, whether it was exported as
   bytes, or as digits with or without 0x. #}
{% macro matomo_visitor(column) -%}
    case
        when {{ matches('cast(' ~ column ~ ' as string)', "'^(0[xX])?[0-9a-fA-F]{16}$'") }}
            then lower(right(cast({{ column }} as string), 16))
        else lower(hex(try_cast(nullif(cast({{ column }} as string), '') as blob)))
    end
{%- endmacro %}
