{{ config(materialized='ephemeral') }}

-- One row per conversion that a run credits and touch that may have led to it.

with

touched_persons as (
    select person_id from {{ ref('int_sessions') }}
    where is_counted and batch_id > {{ batch_seen('attributed_conversions') }}
    union
    select person_id from {{ replaced(ref('int_sessions'), 'attributed_conversions') }}
    where is_counted and replaced_batch_id > {{ batch_seen('attributed_conversions') }}
),

conversions as (
    select
        conversions.*,
        coalesce(goals.lookback_days, {{ var('attribution_lookback_days') }})
            as lookback_days
    from {{ ref('conversions') }} as conversions
    inner join touched_persons
        on conversions.person_id = touched_persons.person_id
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
