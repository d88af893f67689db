{#
    Where a tool keeps no user agent but what it made of it, these words take its place,
    such as `device of ga4: desktop; Chrome; Macintosh`. Thus a device is as wide as one
    column all the way to int_user_agents, which says what the words mean.
#}
{% macro described_device(format, device_type, browser, operating_system) -%}
    case
        when coalesce({{ device_type }}, {{ browser }}, {{ operating_system }}) is not null
            then 'device of ' || {{ format }}
                || ': ' || coalesce(replace({{ device_type }}, ';', ','), '')
                || '; ' || coalesce(replace({{ browser }}, ';', ','), '')
                || '; ' || coalesce(replace({{ operating_system }}, ';', ','), '')
    end
{%- endmacro %}


{# A part of these words: 1 the format, 2 the device, 3 browser, 4 operating system; null
   of a user agent. #}
{% macro part_of_device(user_agent, part) -%}
    case
        when {{ user_agent }} like 'device of %: %; %'
            then nullif(split_part(
                replace(replace({{ user_agent }}, 'device of ', ''), ': ', '; '), '; ', {{ part }}
            ), '')
    end
{%- endmacro %}
