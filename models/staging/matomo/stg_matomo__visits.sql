{{ config(materialized='ephemeral') }}

-- One row per export and row of Matomo's table log_visit: what all actions of a visit have
-- in common.
-- depends_on: {{ ref('int_files') }}

with

source as (
    {{ read_rows('matomo', [
        'idvisit', 'user_id', 'visit_first_action_time', 'referer_type', 'referer_url',
        'referer_name', 'referer_keyword', 'campaign_name', 'campaign_source',
        'campaign_medium', 'campaign_keyword', 'campaign_content', 'location_country',
        'location_browser_lang', 'config_device_type', 'config_browser_name', 'config_os',
    ], ['log_visit']) }}
),

numbered as (
    select
        *,
        {{ export_of("'matomo'", 'file_path') }} as export,
        {{ matomo_id('idvisit') }} as known_visit,
        row_number() over (
            partition by {{ export_of("'matomo'", 'file_path') }}, {{ matomo_id('idvisit') }}
            order by file_row desc
        ) as row_number_from_last
    from source
),

-- A referrer of the type 6 is a campaign, whose name and keyword stand where those of
-- another referrer do.
visits as (
    select
        export,
        known_visit as idvisit,
        {{ text_or_null('user_id') }} as user_id,
        {{ utc_timestamp('visit_first_action_time') }} as started_at,
        {{ text_or_null('referer_url') }} as referrer_url,
        {{ text_or_null('campaign_source') }} as utm_source,
        {{ text_or_null('campaign_medium') }} as utm_medium,
        coalesce(
            {{ text_or_null('campaign_name') }},
            case
                when {{ matomo_number('referer_type') }} = '6'
                    then {{ text_or_null('referer_name') }}
            end
        ) as utm_campaign,
        coalesce(
            {{ text_or_null('campaign_keyword') }},
            case
                when {{ matomo_number('referer_type') }} = '6'
                    then {{ text_or_null('referer_keyword') }}
            end
        ) as utm_term,
        {{ text_or_null('campaign_content') }} as utm_content,
        case
            when {{ text_or_null('location_country') }} != 'xx'
                then upper({{ text_or_null('location_country') }})
        end as country_code,
        {{ text_or_null('location_browser_lang') }} as language,
        {{ matomo_number('config_device_type') }} as device_type,
        {{ text_or_null('config_browser_name') }} as browser,
        {{ text_or_null('config_os') }} as operating_system
    from numbered
    where row_number_from_last = 1 and known_visit is not null
)

select * from visits
