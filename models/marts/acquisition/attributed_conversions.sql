{{
    config(
        materialized='incremental',
        replace_by=['conversion_id', 'conversion_date'],
        gone_when='touchpoint_id is null',
        bounded_by='conversion_date'
    )
}}

-- One row per conversion, attribution model and touch that the model credits with it.

with

attribution_models as (
    select * from {{ ref('attribution_models') }}
),

paths as (
    select * from {{ ref('int_conversion_paths') }}
),

persons as (
    select * from {{ ref('int_recredited_persons') }}
),

-- Whole numbers, so that their sums do not depend on an order.
weighted_touches as (
    select
        paths.*,
        attribution_models.attribution_model,
        case
            when attribution_models.attribution_model = 'first_touch'
                then case when paths.path_number = 1 then 1 else 0 end
            when attribution_models.attribution_model = 'last_touch'
                then case when paths.path_number = paths.path_touches then 1 else 0 end
            when attribution_models.attribution_model = 'last_non_direct'
                then case when paths.path_number = paths.last_non_direct_number then 1 else 0 end
            when
                attribution_models.attribution_model = 'position_based'
                and paths.path_touches > 2
                and paths.path_number in (1, paths.path_touches)
                then 2 * (paths.path_touches - 2)
            when attribution_models.attribution_model = 'time_decay'
                then greatest(1, cast(round(1000000 * power(
                    0.5,
                    paths.seconds_to_convert
                    / (86400.0 * {{ var('attribution_half_life_days') }})
                )) as bigint))
            else 1
        end as weight
    from paths
    cross join attribution_models
),

shared_touches as (
    select
        *,
        sum(weight) over (
            partition by conversion_id, attribution_model order by path_number
            rows between unbounded preceding and current row
        ) as running_weight,
        sum(weight) over (partition by conversion_id, attribution_model) as path_weight
    from weighted_touches
    where weight > 0
),

-- The running sums are rounded, and the last is the whole: so credits sum up exactly.
running_credits as (
    select
        *,
        {{ share_of('1', 'running_weight', 'path_weight', 6) }} as running_conversions,
        {{ share_of('reporting_value', 'running_weight', 'path_weight', 4) }}
            as running_value,
        {{ share_of('revenue', 'running_weight', 'path_weight', 4) }} as running_revenue
    from shared_touches
),

credits as (
    select
        *,
        running_conversions - lag(running_conversions, 1, 0) over (
            partition by conversion_id, attribution_model order by path_number
        ) as credited_conversions,
        running_value - lag(running_value, 1, 0) over (
            partition by conversion_id, attribution_model order by path_number
        ) as credited_value,
        running_revenue - lag(running_revenue, 1, 0) over (
            partition by conversion_id, attribution_model order by path_number
        ) as credited_revenue
    from running_credits
),

-- A conversion that is no more, or on another date, has a row that says no more than that.
gone_conversions as (
    select distinct
        stored.conversion_id,
        stored.conversion_date
    from {{ stored() }} as stored
    inner join persons
        on
            stored.person_id = persons.person_id
            and stored.conversion_date >= {{ add_days('cast(persons.changed_from as date)', -1) }}
    left join {{ ref('conversions') }} as conversions
        on
            stored.conversion_id = conversions.conversion_id
            and stored.conversion_date = conversions.conversion_date
    where conversions.conversion_id is null
),

attributed_conversions as (
    select
        -- ids
        conversion_id,
        attribution_model,
        touchpoint_id,
        goal_id,
        person_id,
        site_id,

        -- where the touch came from
        channel,
        source,
        medium,
        campaign,

        -- numbers
        path_number,
        path_touches,
        cast(credited_conversions as decimal(18, 6)) as credited_conversions,
        cast(credited_value as decimal(18, 4)) as credited_value,
        cast(credited_revenue as decimal(18, 4)) as credited_revenue,
        seconds_to_convert,

        -- dates in the site's time zone
        touch_date,
        conversion_date
    from credits

    union all

    select
        conversion_id,
        null as attribution_model,
        null as touchpoint_id,
        null as goal_id,
        null as person_id,
        null as site_id,
        null as channel,
        null as source,
        null as medium,
        null as campaign,
        null as path_number,
        null as path_touches,
        null as credited_conversions,
        null as credited_value,
        null as credited_revenue,
        null as seconds_to_convert,
        null as touch_date,
        conversion_date
    from gone_conversions
)

select * from attributed_conversions
