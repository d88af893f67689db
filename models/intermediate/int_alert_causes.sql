{{ config(materialized='ephemeral') }}

-- One row per alert about a site's figure of which a dimension's value makes most.

with

alerts as (
    select * from {{ ref('int_alerts') }}
    where dimension = 'all' and share_of is null and usual_amount is not null
),

weeks as (
    {{ whole_numbers(1, var('alert_weeks')) }}
),

compared_dates as (
    select
        alerts.alert_date,
        alerts.site_id,
        alerts.alert_rule,
        alerts.metric,
        alerts.alert_date as figure_date,
        true as is_alert_date
    from alerts

    union all

    select
        alerts.alert_date,
        alerts.site_id,
        alerts.alert_rule,
        alerts.metric,
        watched_dates.watched_date as figure_date,
        false as is_alert_date
    from alerts
    cross join weeks
    inner join {{ ref('int_watched_dates') }} as watched_dates
        on
            alerts.site_id = watched_dates.site_id
            and {{ add_days('alerts.alert_date', '- 7 * weeks.number') }}
            = watched_dates.watched_date
    where watched_dates.is_usual
),

weighted_dates as (
    select
        *,
        count(*) over (partition by alert_date, site_id, alert_rule) - 1 as usual_dates
    from compared_dates
),

-- Means add up where medians do not: the parts of a change are those of the whole. Times the
-- dates before, they are whole numbers.
changes as (
    select
        weighted_dates.alert_date,
        weighted_dates.site_id,
        weighted_dates.alert_rule,
        figures.dimension,
        figures.dimension_value,
        cast(sum(
            case when not weighted_dates.is_alert_date then figures.amount else 0 end
        ) as double) as usual_sum,
        cast(sum(case
            when weighted_dates.is_alert_date then figures.amount * weighted_dates.usual_dates
            else -figures.amount
        end) as double) as change
    from weighted_dates
    inner join {{ ref('int_daily_figures') }} as figures
        on
            weighted_dates.site_id = figures.site_id
            and weighted_dates.metric = figures.metric
            and weighted_dates.figure_date = figures.figure_date
    where figures.dimension in ('all', 'channel', 'country', 'device')
    group by 1, 2, 3, 4, 5
),

alert_causes as (
    select
        parts.alert_date,
        parts.site_id,
        parts.alert_rule,
        min(case when parts.dimension = 'channel' then parts.dimension_value end) as channel,
        min(case when parts.dimension = 'country' then parts.dimension_value end) as country,
        min(case when parts.dimension = 'device' then parts.dimension_value end) as device
    from changes as parts
    inner join changes as wholes
        on
            parts.alert_date = wholes.alert_date
            and parts.site_id = wholes.site_id
            and parts.alert_rule = wholes.alert_rule
            and wholes.dimension = 'all'
    where
        parts.dimension <> 'all'
        -- more than half of the change, and more than its part of what is usual
        and parts.change * sign(wholes.change) * 2 > abs(wholes.change)
        and parts.change * sign(wholes.change) * wholes.usual_sum
        > parts.usual_sum * abs(wholes.change)
    group by 1, 2, 3
)

select * from alert_causes
