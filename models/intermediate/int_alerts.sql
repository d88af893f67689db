-- One row per date, site (or all sites), rule and value of its dimension that the rule matches.

with

rules as (
    select * from {{ ref('alert_rules') }}
),

-- 1.4826 times the median distance is a standard deviation where chance is normal; counts
-- that agree by luck still have the deviation of chance, their root.
amounts as (
    select
        *,
        (cast(amount as double) - usual_amount)
        / greatest(1.4826 * usual_distance, sqrt(usual_amount), 1) as deviations
    from {{ ref('int_usual_amounts') }}
    where told_value is not null
),

alerts as (
    select
        amounts.alert_date,
        amounts.site_id,
        amounts.alert_rule,
        amounts.metric,
        amounts.share_of,
        amounts.dimension,
        amounts.dimension_value,
        amounts.amount,
        amounts.whole_amount,
        amounts.usual_amount,
        amounts.deviations,
        amounts.told_value,
        amounts.is_latest,
        rules.below,
        rules.above
    from amounts
    inner join rules
        on amounts.alert_rule = rules.alert_rule
    where
        (rules.below is null or amounts.told_value < rules.below)
        and (rules.above is null or amounts.told_value > rules.above)
        and (
            (rules.least_drop_percent is null and rules.least_rise_percent is null)
            or (
                amounts.amount <= amounts.usual_amount * (100 - rules.least_drop_percent) / 100
                and amounts.amount < amounts.usual_amount
            )
            or (
                amounts.amount >= amounts.usual_amount * (100 + rules.least_rise_percent) / 100
                and amounts.amount > amounts.usual_amount
            )
        )
        and (
            rules.least_deviations is null
            or abs(amounts.deviations) >= rules.least_deviations
        )
        and (
            rules.least_usual is null
            or coalesce(amounts.whole_amount, amounts.usual_amount) >= rules.least_usual
        )
)

select * from alerts
