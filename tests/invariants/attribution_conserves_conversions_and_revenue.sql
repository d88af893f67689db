-- Every model credits every conversion once, with its whole value, to the last digit.

with

credited as (
    select
        conversion_id,
        attribution_model,
        sum(credited_conversions) as conversions,
        sum(credited_value) as reporting_value,
        sum(credited_revenue) as revenue
    from {{ ref('attributed_conversions') }}
    group by 1, 2
),

expected as (
    select
        conversions.conversion_id,
        attribution_models.attribution_model,
        coalesce(conversions.reporting_value, 0) as reporting_value,
        coalesce(conversions.revenue, 0) as revenue
    from {{ ref('conversions') }} as conversions
    cross join {{ ref('attribution_models') }} as attribution_models
)

select
    expected.conversion_id,
    expected.attribution_model,
    credited.conversions
from expected
full outer join credited
    on
        expected.conversion_id = credited.conversion_id
        and expected.attribution_model = credited.attribution_model
where
    credited.conversions is distinct from 1
    or credited.reporting_value is distinct from expected.reporting_value
    or credited.revenue is distinct from expected.revenue
