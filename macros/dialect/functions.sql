{# Where DuckDB and other engines spell the same thing differently. One macro a
   thing, a few lines each; another engine adds <engine>__<name>. #}

{# An instant as a UTC timestamp; text without an offset is UTC, as is the time zone
   of the connection; null where it is no instant of the years 1 to 9999. #}
{% macro utc_timestamp(value) %}
    {{ return(adapter.dispatch('utc_timestamp', 'footfall')(value)) }}
{% endmacro %}

{# Text has to go by way of `timestamptz`, since the other cast drops its offset. #}
{% macro default__utc_timestamp(value) -%}
    {%- set instant -%}
        case
            when typeof({{ value }}) = 'TIMESTAMP' then try_cast({{ value }} as timestamp)
            else coalesce(
                try_cast({{ value }} as timestamptz),
                try_cast({{ without_blank_before_offset(value) }} as timestamptz)
            ) at time zone 'UTC'
        end
    {%- endset -%}
    case
        when {{ instant }} between timestamp '0001-01-01' and timestamp '9999-12-31'
        then {{ instant }}
    end
{%- endmacro %}

{# Some warehouses write 2026-01-31 09:30:00.000 +0100. #}
{% macro without_blank_before_offset(value) -%}
    replace(replace(replace(cast({{ value }} as string), ' +', '+'), ' -', '-'), ' Z', 'Z')
{%- endmacro %}

{% macro spark__utc_timestamp(value) -%}
    {%- set instant = 'try_cast(' ~ value ~ ' as timestamp)' -%}
    case
        when {{ instant }} between timestamp '0001-01-01' and timestamp '9999-12-31'
            and (cast({{ value }} as string) rlike '^ *[0-9]{4,}-[0-9]+-')
        then {{ instant }}
    end
{%- endmacro %}


{# The time of an access log line, such as 17/May/2015:10:05:03 +0000, with or without a
   fraction; without an offset it is UTC. Some servers are told to write
   2015-05-17T10:05:03+00:00. Offsets are less than 15 hours. #}
{% macro log_timestamp(value) %}
    {{ return(adapter.dispatch('log_timestamp', 'footfall')(value)) }}
{% endmacro %}

{% macro default__log_timestamp(value) -%}
    coalesce(
        case
            when not {{ matches(value, quoted(' [+-](?:1[5-9]|[2-9]|\d\d[6-9])')) }}
                then try_strptime(
                    {{ value }}, ['%d/%b/%Y:%H:%M:%S %z', '%d/%b/%Y:%H:%M:%S.%f %z']
                ) at time zone 'UTC'
        end,
        cast(try_strptime({{ value }}, '%d/%b/%Y:%H:%M:%S') as timestamp),
        {{ utc_timestamp(value) }}
    )
{%- endmacro %}

{% macro spark__log_timestamp(value) -%}
    coalesce(
        try_to_timestamp({{ value }}, 'd/MMM/yyyy:HH:mm:ss[.SSSSSS][.SSS] Z'),
        try_to_timestamp({{ value }}, 'd/MMM/yyyy:HH:mm:ss'),
        {{ utc_timestamp(value) }}
    )
{%- endmacro %}


{# The instant of a Unix time: a number, or a number as text, of seconds, or of
   milli-, micro- or nanoseconds, which its size tells; null where it is no number. #}
{% macro unix_timestamp(value) %}
    {{ return(adapter.dispatch('unix_timestamp', 'footfall')(value)) }}
{% endmacro %}

{% macro default__unix_timestamp(value) -%}
    {%- set number = 'try_cast(cast(' ~ value ~ ' as string) as decimal(25, 6))' -%}
    make_timestamp(cast(floor(case
        when abs({{ number }}) < 100000000000 then {{ number }} * 1000000
        when abs({{ number }}) < 100000000000000 then {{ number }} * 1000
        when abs({{ number }}) < 100000000000000000 then {{ number }}
        else {{ number }} * 0.001
    end) as bigint))
{%- endmacro %}

{% macro spark__unix_timestamp(value) -%}
    {%- set number = 'try_cast(cast(' ~ value ~ ' as string) as decimal(25, 6))' -%}
    timestamp_micros(cast(floor(case
        when abs({{ number }}) < 100000000000 then {{ number }} * 1000000
        when abs({{ number }}) < 100000000000000 then {{ number }} * 1000
        when abs({{ number }}) < 100000000000000000 then {{ number }}
        else {{ number }} * 0.001
    end) as bigint))
{%- endmacro %}


{# The date in a time zone at an instant in UTC. #}
{% macro local_date(instant, time_zone) %}
    {{ return(adapter.dispatch('local_date', 'footfall')(instant, time_zone)) }}
{% endmacro %}

{% macro default__local_date(instant, time_zone) -%}
    cast(timezone({{ time_zone }}, {{ instant }} at time zone 'UTC') as date)
{%- endmacro %}

{% macro spark__local_date(instant, time_zone) -%}
    cast(from_utc_timestamp({{ instant }}, {{ time_zone }}) as date)
{%- endmacro %}


{# The hour, 0 to 23, in a time zone at an instant in UTC. #}
{% macro local_hour(instant, time_zone) %}
    {{ return(adapter.dispatch('local_hour', 'footfall')(instant, time_zone)) }}
{% endmacro %}

{% macro default__local_hour(instant, time_zone) -%}
    cast(extract(hour from timezone({{ time_zone }}, {{ instant }} at time zone 'UTC')) as integer)
{%- endmacro %}

{% macro spark__local_hour(instant, time_zone) -%}
    hour(from_utc_timestamp({{ instant }}, {{ time_zone }}))
{%- endmacro %}


{# Microseconds since 1970. #}
{% macro epoch_microseconds(instant) %}
    {{ return(adapter.dispatch('epoch_microseconds', 'footfall')(instant)) }}
{% endmacro %}

{% macro default__epoch_microseconds(instant) -%}
    epoch_us({{ instant }})
{%- endmacro %}

{% macro spark__epoch_microseconds(instant) -%}
    unix_micros({{ instant }})
{%- endmacro %}


{# An instant, so many microseconds later. #}
{% macro add_microseconds(instant, microseconds) %}
    {{ return(adapter.dispatch('add_microseconds', 'footfall')(instant, microseconds)) }}
{% endmacro %}

{% macro default__add_microseconds(instant, microseconds) -%}
    {{ instant }} + to_microseconds({{ microseconds }})
{%- endmacro %}

{% macro spark__add_microseconds(instant, microseconds) -%}
    timestamp_micros(unix_micros({{ instant }}) + ({{ microseconds }}))
{%- endmacro %}


{# A 63-bit integer that is equal for equal values: cheap to look for. #}
{% macro hash_key(values) %}
    {{ return(adapter.dispatch('hash_key', 'footfall')(values)) }}
{% endmacro %}

{% macro default__hash_key(values) -%}
    cast(hash({{ values }}) >> 1 as bigint)
{%- endmacro %}

{% macro spark__hash_key(values) -%}
    xxhash64({{ values }}) & 9223372036854775807
{%- endmacro %}


{# Whether a part of a text matches a regular expression. #}
{% macro matches(text, pattern) %}
    {{ return(adapter.dispatch('matches', 'footfall')(text, pattern)) }}
{% endmacro %}

{% macro default__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
    regexp_like({{ text }}, {{ pattern }})
{%- endmacro %}


{# An amount of money; null where it is no number. #}
{% macro money(value) -%}
    try_cast(cast({{ value }} as string) as decimal(18, 4))
{%- endmacro %}


{# What FOOTFALL_SALT says, as a function so that no compiled SQL holds it. #}
{% macro visitor_salt() %}
    {{ return(adapter.dispatch('visitor_salt', 'footfall')()) }}
{% endmacro %}

{% macro default__visitor_salt() -%}
    visitor_salt()
{%- endmacro %}

{# Put in by Spark from its configuration, see profiles.yml. #}
{% macro spark__visitor_salt() -%}
    '${footfall.salt}'
{%- endmacro %}


{# The part of a number, rounded, that a weight is of another; all of it where the two are
   equal. #}
{% macro share_of(number, weight, whole, decimals) -%}
    case
        when {{ weight }} = {{ whole }} then cast({{ number }} as decimal(18, {{ decimals }}))
        else cast(round(
            cast({{ number }} as double) * cast({{ weight }} as double)
            / cast({{ whole }} as double), {{ decimals }}
        ) as decimal(18, {{ decimals }}))
    end
{%- endmacro %}


{# The columns of a row as one text that differs when one of them does. #}
{% macro row_text(columns) -%}
    concat_ws(
        chr(31)
        {%- for column in columns %},
            coalesce(cast({{ column }} as string), chr(30))
        {%- endfor %}
    )
{%- endmacro %}


{# The lower-case extension of the file that a URL's path names, if any. #}
{% macro url_extension(url) -%}
    nullif(
        regexp_extract(
            regexp_replace(lower({{ url }}), '^(?:[a-z]+:)?//[^/?#]*', ''),
            '^[^?#]*\.([a-z0-9]+)(?:[?#]|$)', 1
        ),
        ''
    )
{%- endmacro %}


{# The lower-case host of a URL, without `www.` and port; null where there is
   none. #}
{% macro url_host(url) -%}
    nullif(
        regexp_extract(lower({{ url }}), '^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?([^/?#:]+)', 1),
        ''
    )
{%- endmacro %}


{# Percent-encoded text decoded; as it is where that would be no text, such as %FF. #}
{% macro percent_decoded(text) %}
    {{ return(adapter.dispatch('percent_decoded', 'footfall')(text)) }}
{% endmacro %}

{% macro default__percent_decoded(text) -%}
    coalesce(try(url_decode({{ text }})), {{ text }})
{%- endmacro %}

{# Java takes a plus sign for a space, refuses a stray % and replaces bytes that are no
   text; DuckDB leaves the first two as they are and refuses the last. #}
{% macro spark__percent_decoded(text) -%}
    {%- set escaped = "regexp_replace(" ~ text ~ ", '%(?![0-9A-Fa-f]{2})', '%25')" -%}
    {%- set decoded = "try_url_decode(replace(" ~ escaped ~ ", '+', '%2B'))" -%}
    case when {{ decoded }} not like '%�%' then {{ decoded }} else {{ text }} end
{%- endmacro %}


{# The value of a parameter in a URL's query, percent-encoded spaces and all
   decoded; null where it is missing or empty. #}
{% macro url_parameter(url, name) -%}
    {%- set encoded -%}
        replace(regexp_extract({{ url }}, '[?&]{{ name }}=([^&#]*)', 1), '+', ' ')
    {%- endset -%}
    nullif({{ percent_decoded(encoded) }}, '')
{%- endmacro %}


{# The campaign tags of a hit, of its own columns or else its URL, as one text; null
   where it has none. #}
{% macro campaign_tags(source, medium, campaign, url) -%}
    nullif(lower(concat(
        coalesce({{ source }}, {{ url_parameter(url, 'utm_source') }}, ''), chr(31),
        coalesce({{ medium }}, {{ url_parameter(url, 'utm_medium') }}, ''), chr(31),
        coalesce({{ campaign }}, {{ url_parameter(url, 'utm_campaign') }}, '')
    )), concat(chr(31), chr(31)))
{%- endmacro %}


{# The start, in microseconds since 1970, of the stretch of time of a given length
   in which an instant lies. #}
{% macro stretch_of(instant, length) -%}
    {{ epoch_microseconds(instant) }}
    - (({{ epoch_microseconds(instant) }} % {{ length }}) + {{ length }}) % {{ length }}
{%- endmacro %}


{# A column's value, null or not, in the row that comes first by an instant and an
   id; rows without the instant do not count. #}
{% macro first_by(column, instant, id) %}
    {{ return(adapter.dispatch('first_by', 'footfall')(column, instant, id)) }}
{% endmacro %}

{% macro default__first_by(column, instant, id) -%}
    arg_min_null({{ column }}, case when {{ instant }} is not null then row({{ instant }}, {{ id }}) end)
{%- endmacro %}

{% macro spark__first_by(column, instant, id) -%}
    min_by({{ column }}, case when {{ instant }} is not null then struct({{ instant }}, {{ id }}) end)
{%- endmacro %}


{# The same for the row that comes last. #}
{% macro last_by(column, instant, id) %}
    {{ return(adapter.dispatch('last_by', 'footfall')(column, instant, id)) }}
{% endmacro %}

{% macro default__last_by(column, instant, id) -%}
    arg_max_null({{ column }}, case when {{ instant }} is not null then row({{ instant }}, {{ id }}) end)
{%- endmacro %}

{% macro spark__last_by(column, instant, id) -%}
    max_by({{ column }}, case when {{ instant }} is not null then struct({{ instant }}, {{ id }}) end)
{%- endmacro %}


{# The seconds from one instant to a later one, to the microsecond. #}
{% macro seconds_between(start, end) -%}
    cast(
        cast({{ epoch_microseconds(end) }} - {{ epoch_microseconds(start) }} as decimal(18, 0))
        * 0.000001 as decimal(18, 6)
    )
{%- endmacro %}


{# A date, so many days later. #}
{% macro add_days(day, days) %}
    {{ return(adapter.dispatch('add_days', 'footfall')(day, days)) }}
{% endmacro %}

{% macro default__add_days(day, days) -%}
    ({{ day }} + {{ days }})
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}


{# The days from one date to a later one. #}
{% macro days_between(first_date, last_date) %}
    {{ return(adapter.dispatch('days_between', 'footfall')(first_date, last_date)) }}
{% endmacro %}

{% macro default__days_between(first_date, last_date) -%}
    datediff({{ last_date }}, {{ first_date }})
{%- endmacro %}

{% macro duckdb__days_between(first_date, last_date) -%}
    ({{ last_date }} - {{ first_date }})
{%- endmacro %}


{# The dates from one to another, a row for each. #}
{% macro each_date(first_date, last_date) %}
    {{ return(adapter.dispatch('each_date', 'footfall')(first_date, last_date)) }}
{% endmacro %}

{% macro default__each_date(first_date, last_date) -%}
    cast(unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_date(first_date, last_date) -%}
    explode(sequence({{ first_date }}, {{ last_date }}, interval 1 day))
{%- endmacro %}


{# The whole numbers from one to another, as a query with the column `number`. #}
{% macro whole_numbers(first, last) %}
    {{ return(adapter.dispatch('whole_numbers', 'footfall')(first, last)) }}
{% endmacro %}

{% macro default__whole_numbers(first, last) -%}
    select cast(range as integer) as number from range({{ first }}, {{ last + 1 }})
{%- endmacro %}

{% macro spark__whole_numbers(first, last) -%}
    select cast(id as integer) as number from range({{ first }}, {{ last + 1 }})
{%- endmacro %}


{# The content of a table as one text, whatever the order of its rows: a query. #}
{% macro content_of(relation) %}
    {{ return(adapter.dispatch('content_of', 'footfall')(relation)) }}
{% endmacro %}

{% macro default__content_of(relation) -%}
    select md5(string_agg(cast(content as string), '|' order by cast(content as string)))
    from {{ relation }} as content
{%- endmacro %}

{% macro spark__content_of(relation) -%}
    select md5(array_join(array_sort(collect_list(to_json(struct(content.*)))), '|'))
    from {{ relation }} as content
{%- endmacro %}


{# Whether a text names a time zone; Spark fails on one that it does not know. #}
{% macro is_time_zone(name) %}
    {{ return(adapter.dispatch('is_time_zone', 'footfall')(name)) }}
{% endmacro %}

{% macro default__is_time_zone(name) -%}
    {{ name }} in (select name from pg_timezone_names())
{%- endmacro %}

{% macro spark__is_time_zone(name) -%}
    from_utc_timestamp(timestamp '2026-01-01', {{ name }}) is not null
{%- endmacro %}


{# After `as`, for a CTE that is used twice and large: DuckDB would put all of it
   aside before anything of it is filtered. #}
{% macro read_where_used() %}
    {{ return(adapter.dispatch('read_where_used', 'footfall')()) }}
{% endmacro %}

{% macro default__read_where_used() -%}
{%- endmacro %}

{% macro duckdb__read_where_used() -%}
    not materialized
{%- endmacro %}
