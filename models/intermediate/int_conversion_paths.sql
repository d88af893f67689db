{{ config(materialized='ephemeral') }}

-- One row per conversion that a run credits and touch that may have led to it.

with

persons as (
    select * from {{ ref('int_recredited_persons') }}
),

conversions as (
    select
        conversions.*,
        coalesce(goals.lookback_days, {{ var('attribution_lookback_days') }})
            as lookback_days
    from {{ ref('conversions') }} as conversions
    inner join persons
        on
            conversions.person_id = persons.person_id
            and conversions.converted_at >= persons.changed_from
    inner join {{ ref('goals') }} as goals
        on conversions.goal_id = goals.goal_id
),

-- The touches of the session that converts count however long it lasts.
touches as (
    select
        conversions.conversion_id,
        conversions.goal_id,
        conversions.person_id,
        conversions.site_id,
        coalesce(conversions.reporting_value, 0) as reporting_value,
        coalesce(conversions.revenue, 0) as revenue,
        conversions.conversion_date,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.source,
        touchpoints.medium,
        touchpoints.campaign,
        touchpoints.is_direct,
        touchpoints.touch_date,
        {{ seconds_between('touchpoints.touched_at', 'conversions.converted_at') }}
            as seconds_to_convert,
        row_number() over (
            partition by conversions.conversion_id
            order by touchpoints.touched_at, touchpoints.session_id, touchpoints.touch_number
        ) as path_number,
        count(*) over (partition by conversions.conversion_id) as path_touches
    from conversions
    inner join {{ ref('touchpoints') }} as touchpoints
        on
            conversions.person_id = touchpoints.person_id
            and conversions.site_id = touchpoints.site_id
            and conversions.converted_at >= touchpoints.touched_at
            and (
                conversions.session_id = touchpoints.session_id
                or conversions.converted_at <= {{ add_microseconds(
                    'touchpoints.touched_at', '86400000000 * conversions.lookback_days'
                ) }}
            )
),

conversion_paths as (
    select
        *,
        coalesce(
            max(case when not is_direct then path_number end) over (
                partition by conversion_id
            ),
            path_touches
        ) as last_non_direct_number
    from touches
)

select * from conversion_paths
