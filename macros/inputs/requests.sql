{# What the logs of web servers, caches and load balancers have in common. #}


{#
    The type of the hit that a request is. A page view is a successful GET, prefetches
    apart, of something that is no static file, and HTML where the log tells.
#}
{% macro request_type(method, status, static_extension, content_type='null', is_prefetch='false') -%}
    case
        when {{ status }} like '4%' or {{ status }} like '5%' then 'error'
        when {{ status }} like '3%' and {{ status }} != '304' then 'redirect'
        when {{ method }} = 'GET' and ({{ status }} like '2%' or {{ status }} = '304')
            then case
                when {{ static_extension }} is not null then 'static_file'
                when {{ is_prefetch }} then 'prefetch'
                when lower({{ content_type }}) not like '%html%' then 'request'
                else 'page_view'
            end
        else 'request'
    end
{%- endmacro %}


{# Whoever asks is known by nothing but the host asked for, address and user agent. These
   can be guessed from a hash without a salt. #}
{% macro request_visitor(host, address, user_agent) -%}
    case when {{ address }} is not null then md5(concat_ws(
        '|', nullif({{ visitor_salt() }}, ''), coalesce({{ host }}, ''), {{ address }}, coalesce({{ user_agent }}, '')
    )) end
{%- endmacro %}


{# Whether an address is of a private network or the machine itself: a proxy's. #}
{% macro is_private_address(address) -%}
    {{ matches('lower(' ~ address ~ ')', quoted(private_address_pattern())) }}
{%- endmacro %}


{% macro private_address_pattern() -%}
    ^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:|unix:|-$)
{%- endmacro %}


{% macro public_address(address) -%}
    case when not {{ is_private_address(address) }} then {{ address }} end
{%- endmacro %}


{# The first of the addresses that proxies name, client first; null where the text
   holds none. #}
{% macro forwarded_address(text) -%}
    nullif(regexp_extract(
        {{ text }},
        '(?:^|["= ])((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{1,4}:(?:[0-9a-fA-F]{0,4}:)+[0-9a-fA-F.]*)(?:[",; ]|$)',
        1
    ), '')
{%- endmacro %}


{# The fields of a CloudFront standard log in their order, for files without `#Fields`. #}
{% macro cloudfront_fields() %}
    {% do return([
        'date', 'time', 'x-edge-location', 'sc-bytes', 'c-ip', 'cs-method', 'cs(host)',
        'cs-uri-stem', 'sc-status', 'cs(referer)', 'cs(user-agent)', 'cs-uri-query',
        'cs(cookie)', 'x-edge-result-type', 'x-edge-request-id', 'x-host-header',
        'cs-protocol', 'cs-bytes', 'time-taken', 'x-forwarded-for', 'ssl-protocol',
        'ssl-cipher', 'x-edge-response-result-type', 'cs-protocol-version',
        'fle-status', 'fle-encrypted-fields', 'c-port', 'time-to-first-byte',
        'x-edge-detailed-result-type', 'sc-content-type', 'sc-content-len',
        'sc-range-start', 'sc-range-end',
    ]) %}
{% endmacro %}


{#
    A line of an AWS Application Load Balancer, as RE2. Groups: 1 time of the answer,
    2 address, 3 status, 4 request, 5 user agent, 6 when it was asked (not in logs
    from before 2018).
#}
{% macro load_balancer_pattern() -%}
    ^(?:https?|h2|grpcs|wss?) (\S+) \S+ \[?([^\s\]]+)\]?:\d+ \S+ \S+ \S+ \S+ (\d{3}|-) \S+ \S+ \S+ "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"(?:.*" \S+ (\d{4}-\d\d-\d\dT\S+) ")?.*$
{%- endmacro %}


{# The lines of the load balancer's logs that this run reads, split into their fields.
   All fields are null where a line is none. #}
{% macro read_load_balancer_logs() %}
    {% set fields = ['answered_at', 'address', 'status', 'request', 'agent', 'asked_at'] %}
    {{ read_fields('load_balancer', load_balancer_pattern(), fields) }}
{% endmacro %}


{# A field of a CloudFront log; a dash is none. #}
{% macro log_field(name) -%}
    nullif(nullif("{{ name }}", '-'), '')
{%- endmacro %}


{# Text in which `%` was encoded once more, and what it encodes left encoded. #}
{% macro decoded_once(text) -%}
    regexp_replace({{ text }}, '%25([0-9A-Fa-f]{2})', '%\1', 'g')
{%- endmacro %}
