{#
    The raw formats that are read from files or tables. This is the one place that lists them;
    each has besides its model models/staging/<format>/stg_<format>__hits.

    variable      the environment variable that names its files or tables
    rows          what its rows are called in messages
    sample        what is read when no input is named at all

    Of lines of text that are split by a pattern:
    line_pattern  what a line of the format matches, as RE2
    line_name     what such a line is called

    Of files with columns (Parquet, JSON lines, separated text):
    needs         columns that must be there; of `a or b` one suffices
    times         columns that must be timestamps, or text that says one
    takes_unix_times  whether these may be numbers, too
    scalars       columns that must be no lists or structs
    is_nested     whether columns may be lists and structs, which are read as JSON
    other_files   how files are read whose ending says nothing: text or json
    becomes       what columns are called that the setting `own_columns` names
    headers       names of the fields of text without a header, by their number
    tables        of a format of several tables, which the path of a file names: the same
                  entries of each; beside_it are the tables that an export of it must have
    default_table the table of a file whose name names none

    Of tables of a warehouse, see warehouse_tables.sql:
    parted_by     columns of which the first that a table has says the hour of arrival, or
                  another time; without one it is read whole
    counted_by    a number whose sum tells a part that was written again
#}
{% macro input_formats() %}
    {% do return({
        'plain': {
            'variable': 'FOOTFALL_HITS',
            'rows': 'plain hits',
            'sample': 'data/hits/*',
            'needs': ['visitor_id', 'event_at'],
            'times': ['event_at', 'loaded_at'],
            'parted_by': ['loaded_at', 'event_at'],
            'scalars': ['visitor_id', 'hit_id', 'user_id', 'page_url'],
        },
        'access_logs': {
            'variable': 'FOOTFALL_ACCESS_LOGS',
            'sample': 'data/access_logs/*',
            'line_pattern': access_log_pattern(),
            'line_name': 'line of the common or combined log format',
        },
        'cloudfront': {
            'variable': 'FOOTFALL_CLOUDFRONT',
            'rows': 'CloudFront logs',
            'needs': ['date', 'time', 'c-ip', 'cs-method', 'cs-uri-stem', 'sc-status'],
            'other_files': 'text',
            'headers': {33: cloudfront_fields(), 26: cloudfront_fields()[:26]},
        },
        'cloudflare': {
            'variable': 'FOOTFALL_CLOUDFLARE',
            'rows': 'Cloudflare logs',
            'needs': [
                'rayid', 'edgestarttimestamp', 'clientip', 'clientrequestmethod',
                'clientrequesturi or clientrequestpath', 'edgeresponsestatus',
            ],
            'parted_by': ['edgestarttimestamp'],
            'other_files': 'json',
        },
        'load_balancer': {
            'variable': 'FOOTFALL_LOAD_BALANCER',
            'line_pattern': load_balancer_pattern(),
            'line_name': 'line of an Application Load Balancer',
        },
        'snowplow': {
            'variable': 'FOOTFALL_SNOWPLOW',
            'rows': 'Snowplow events',
            'needs': [
                'event_id', 'derived_tstamp or collector_tstamp',
                'domain_userid or network_userid', 'event_name or event',
            ],
            'times': ['derived_tstamp', 'collector_tstamp'],
            'parted_by': ['load_tstamp', 'etl_tstamp', 'collector_tstamp', 'derived_tstamp'],
            'takes_unix_times': true,
            'scalars': ['event_id', 'domain_userid', 'network_userid', 'user_id', 'event_name'],
            'other_files': 'text',
            'headers': snowplow_headers(),
        },
        'ga4': {
            'variable': 'FOOTFALL_GA4',
            'rows': 'GA4 events',
            'needs': ['event_timestamp', 'event_name', 'user_pseudo_id', 'event_params'],
            'times': ['event_timestamp'],
            'parted_by': ['event_date', 'event_timestamp'],
            'counted_by': 'event_timestamp',
            'takes_unix_times': true,
            'is_nested': true,
        },
        'segment': {
            'variable': 'FOOTFALL_SEGMENT',
            'rows': 'Segment calls',
            'needs': ['id', 'anonymous_id', 'timestamp or received_at'],
            'times': ['timestamp', 'received_at'],
            'parted_by': ['uuid_ts', 'loaded_at', 'received_at', 'timestamp'],
            'scalars': ['id', 'anonymous_id', 'user_id'],
        },
        'posthog': {
            'variable': 'FOOTFALL_POSTHOG',
            'rows': 'PostHog events',
            'is_nested': true,
            'default_table': 'events',
            'tables': {
                'events': {
                    'needs': ['uuid', 'event', 'distinct_id', 'timestamp', 'properties'],
                    'times': ['timestamp'],
                    'parted_by': [
                        'bq_ingested_timestamp', 'inserted_at', 'created_at', 'timestamp',
                    ],
                },
                'person': {
                    'rows': 'PostHog persons',
                    'needs': ['distinct_id', 'person_id', 'person_distinct_id_version'],
                },
            },
        },
        'plausible': {
            'variable': 'FOOTFALL_PLAUSIBLE',
            'rows': 'Plausible events',
            'needs': ['timestamp', 'name', 'site_id', 'user_id', 'pathname'],
            'times': ['timestamp'],
            'parted_by': ['timestamp'],
        },
        'umami': {
            'variable': 'FOOTFALL_UMAMI',
            'rows': 'Umami events',
            'needs': ['event_id', 'session_id', 'created_at', 'event_type', 'url_path'],
            'times': ['created_at'],
            'parted_by': ['created_at'],
        },
        'matomo': {
            'variable': 'FOOTFALL_MATOMO',
            'rows': 'rows of Matomo',
            'tables': {
                'log_link_visit_action': {
                    'rows': 'rows of log_link_visit_action',
                    'needs': [
                        'idlink_va', 'idsite', 'idvisitor', 'idvisit', 'server_time',
                        'idaction_url', 'idaction_name',
                    ],
                    'times': ['server_time'],
                    'beside_it': ['log_visit', 'log_action'],
                },
                'log_conversion': {
                    'rows': 'rows of log_conversion',
                    'needs': [
                        'idvisit', 'idsite', 'idvisitor', 'server_time', 'idgoal',
                        'idlink_va', 'revenue',
                    ],
                    'times': ['server_time'],
                    'beside_it': ['log_visit'],
                },
                'log_visit': {
                    'rows': 'rows of log_visit',
                    'needs': ['idvisit', 'visit_first_action_time'],
                    'times': ['visit_first_action_time'],
                },
                'log_action': {
                    'rows': 'rows of log_action',
                    'needs': ['idaction', 'name', 'type', 'url_prefix'],
                },
            },
        },
        'own': {
            'variable': 'FOOTFALL_OWN',
            'rows': 'hits of your own',
            'needs': own_columns().values() | map('lower') | list,
            'times': [own_columns().event_at, own_columns().get('loaded_at')] | select | list,
            'parted_by': [own_columns().get('loaded_at'), own_columns().event_at] | select | list,
            'takes_unix_times': true,
            'scalars': own_columns().values() | list,
            'becomes': own_columns(),
        },
    }) %}
{% endmacro %}


{# What is known of the format of a file: of a format of several tables, of its table. #}
{% macro input_of_file(file) %}
    {% set input = input_formats()[file.format] %}
    {% if 'tables' not in input %}
        {% do return(input) %}
    {% endif %}
    {% set table = table_of_file(file.format, file.file_path) %}
    {% if not table %}
        {% do refuse_file(file, "is named after none of the tables "
            ~ input.tables | join(', ')) %}
    {% endif %}
    {% do return(dict(input, **input.tables[table])) %}
{% endmacro %}


{# The table that a path names, the last if it names several; none if it names none. #}
{% macro table_of_file(format, path) %}
    {% set input = input_formats()[format] %}
    {% set where = path.split('/') | last if 'default_table' in input else path %}
    {% set named = modules.re.findall('(' ~ input.tables | join('|') ~ ')(?!_item)', where) %}
    {% do return(named | last if named else input.get('default_table')) %}
{% endmacro %}


{# What the paths of all tables of one export have in common: all but the table's name
   and the ending. In SQL, null of formats whose files each stand for themselves. #}
{% macro export_of_file(format, path) %}
    {% set tables = input_formats()[format].tables %}
    {% do return(modules.re.sub(tables | join('|') ~ '|' ~ ending_pattern(), '', path)) %}
{% endmacro %}


{% macro export_of(format, path) -%}
    case {{ format }}
        {% for name, input in input_formats().items()
            if 'tables' in input and 'default_table' not in input -%}
            when '{{ name }}' then regexp_replace(
                {{ path }}, '{{ input.tables | join('|') }}|{{ ending_pattern() }}', '', 'g'
            )
        {% endfor -%}
    end
{%- endmacro %}


{% macro ending_pattern() -%}
    [.][a-z]+([.]gz)?$
{%- endmacro %}


{# The files that a format's variable names, or the sample's. #}
{% macro input_pattern(input) %}
    {% do return(
        input.get('sample', '') if reads_sample() else env_var(input.variable, '')
    ) %}
{% endmacro %}


{# Whether no input is named, so that the sample in data/ is read. #}
{% macro reads_sample() %}
    {% set patterns = [] %}
    {% for input in input_formats().values() %}
        {% do patterns.append(env_var(input.variable, '')) %}
    {% endfor %}
    {% do return(not patterns | join('')) %}
{% endmacro %}


{# The raw rows of all formats but the plain one that have any to read. What is not
   read is not even compiled, so that a format costs nothing where it is not used. #}
{% macro union_with_other_formats() %}
    {% for format in input_formats() if format != 'plain' %}
        {% if not execute or unread_paths(format) %}
            union all
            select * from {{ ref('stg_' ~ format ~ '__hits') }}
        {% endif %}
    {% endfor %}
{% endmacro %}
