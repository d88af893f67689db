{{ config(materialized='ephemeral') }}

-- One row per active rule, site (or all sites), value of its dimension and date that it looks
-- at: what is, beside what is usual on that day of the week.

with

amounts as (
    select
        *,
        cast(case
            when share_of is null then amount
            else amount / nullif(whole_amount, 0)
        end as double) as watched_value
    from {{ ref('int_watched_amounts') }}
),

weeks as (
    {{ whole_numbers(1, var('alert_weeks')) }}
),

dates_before as (
    select
        amounts.alert_rule,
        amounts.site_id,
        amounts.dimension_value,
        {{ add_days('amounts.watched_date', '7 * weeks.number') }} as watched_date,
        amounts.watched_value
    from amounts
    cross join weeks
    where amounts.is_usual and amounts.watched_value is not null
),

medians as (
    select
        alert_rule,
        site_id,
        dimension_value,
        watched_date,
        count(*) as usual_weeks,
        median(watched_value) as median_value
    from dates_before
    group by 1, 2, 3, 4
),

-- The median of the distances from the median: one odd week does not move it.
spreads as (
    select
        dates_before.alert_rule,
        dates_before.site_id,
        dates_before.dimension_value,
        dates_before.watched_date,
        medians.usual_weeks,
        medians.median_value,
        median(abs(dates_before.watched_value - medians.median_value)) as median_distance
    from dates_before
    inner join medians
        on
            dates_before.alert_rule = medians.alert_rule
            and dates_before.site_id = medians.site_id
            and dates_before.dimension_value = medians.dimension_value
            and dates_before.watched_date = medians.watched_date
    group by 1, 2, 3, 4, 5, 6
),

-- Of few weeks nothing is known to be usual. A share is compared as the amount that it would
-- make on the date.
usual_amounts as (
    select
        amounts.alert_rule,
        amounts.metric,
        amounts.share_of,
        amounts.dimension,
        amounts.dimension_value,
        amounts.site_id,
        amounts.watched_date as alert_date,
        amounts.is_latest,
        amounts.amount,
        amounts.whole_amount,
        case when amounts.share_of is null then 1 else 100 end * amounts.watched_value
            as told_value,
        spreads.median_value * coalesce(cast(amounts.whole_amount as double), 1) as usual_amount,
        spreads.median_distance * coalesce(cast(amounts.whole_amount as double), 1)
            as usual_distance
    from amounts
    left join spreads
        on
            amounts.alert_rule = spreads.alert_rule
            and amounts.site_id = spreads.site_id
            and amounts.dimension_value = spreads.dimension_value
            and amounts.watched_date = spreads.watched_date
            and spreads.usual_weeks * 2 >= {{ var('alert_weeks') }}
    where amounts.is_alert_date
)

select * from usual_amounts
