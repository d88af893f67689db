{{ config(materialized='ephemeral') }}

-- One row per row of Matomo's tables log_link_visit_action and log_conversion that the run
-- reads.

with

actions as (
    select
        *,
        case
            when {{ matomo_number('idgoal') }} = '0' then 'order'
            when {{ matomo_number('idgoal') }} = '-1' then 'abandoned cart'
            when {{ matomo_number('idgoal') }} is not null then 'goal'
            when event_id is not null then event_action
            when content_id is not null then 'content'
            when name_type = 'site search' then 'site search'
            else coalesce(url_type, 'page')
        end as kind
    from {{ ref('stg_matomo__actions') }}
),

visits as (
    select * from {{ ref('stg_matomo__visits') }}
),

event_types as (
    select * from {{ ref('event_types') }}
    where format = 'matomo'
),

typed_actions as (
    select
        actions.*,
        visits.idvisit is null as lacks_visit,
        visits.user_id,
        visits.country_code,
        visits.language,
        visits.device_type,
        visits.browser,
        visits.operating_system,
        coalesce(event_types.hit_type, 'custom') as hit_type,
        {{ utc_timestamp('actions.server_time') }} as event_at,
        {{ utc_timestamp('actions.server_time') }} = visits.started_at as starts_visit,
        visits.referrer_url,
        visits.utm_source,
        visits.utm_medium,
        visits.utm_campaign,
        visits.utm_term,
        visits.utm_content
    from actions
    left join visits
        on
            actions.export = visits.export
            and {{ matomo_id('actions.idvisit') }} = visits.idvisit
    left join event_types
        on actions.kind = event_types.event_name
),

hits as (
    select
        -- origin
        'matomo' as format,
        file_path,
        file_row,
        raw_row,
        case
            when raw_row is not null then {{ why_malformed('raw_row') }}
            when {{ matomo_number('idgoal') }} is null and {{ matomo_id('idlink_va') }} is null
                then 'idlink_va is missing'
            when event_at is null then 'server_time is no timestamp'
            when lacks_visit then 'log_visit of the export lacks the visit'
            when lacks_name then 'log_action of the export lacks an action'
        end as problem,

        -- ids; times are whole seconds, within which the order is that of `idlink_va`
        case
            when {{ matomo_number('idgoal') }} is null
                then {{ sortable(matomo_id('idlink_va'), 20) }}
            else concat_ws(
                '-',
                {{ sortable(matomo_id('idlink_va'), 20) }},
                {{ matomo_id('idvisit') }},
                'goal',
                {{ matomo_number('idgoal') }},
                {{ matomo_number('buster') }}
            )
        end as hit_id,
        {{ matomo_number('idsite') }} as site_id,
        {{ matomo_visitor('idvisitor') }} as visitor_id,
        user_id,
        {{ matomo_id('idvisit') }} as source_session_id,

        -- text
        hit_type,
        case
            when kind = 'goal' then 'goal ' || {{ matomo_number('idgoal') }}
            when kind in ('order', 'page') then null
            when kind = 'abandoned cart' then kind
            when kind in ('outlink', 'download') then action_url
            when content_id is not null then coalesce(content_name, content_piece)
            when event_id is not null then concat_ws(' / ', category, event_action, action_name)
            else action_name
        end as hit_name,
        case
            when {{ matomo_number('idgoal') }} is not null then {{ text_or_null('url') }}
            when kind in ('outlink', 'download') then url_before
            else action_url
        end as page_url,
        case when kind = 'page' then action_name end as page_title,
        case when starts_visit then referrer_url end as referrer_url,
        cast(null as string) as user_agent,
        cast(null as string) as ip,
        device_type,
        browser,
        operating_system,
        country_code,
        language,
        case when starts_visit then utm_source end as utm_source,
        case when starts_visit then utm_medium end as utm_medium,
        case when starts_visit then utm_campaign end as utm_campaign,
        case when starts_visit then utm_term end as utm_term,
        case when starts_visit then utm_content end as utm_content,

        -- numbers
        coalesce({{ money('revenue') }}, {{ money('custom_float') }}) as value,
        cast(null as string) as currency,
        cast(null as decimal(18, 3)) as engaged_seconds,
        cast(null as integer) as scroll_percent,

        -- timestamps, UTC
        event_at,
        cast(null as timestamp) as loaded_at
    from typed_actions
)

select * from hits
