-- One row per date, site, source, medium and campaign that cost money.

with

costs as (
    select * from {{ var('campaign_costs_table') or ref('campaign_costs') }}
),

settings as (
    select '{{ var("reporting_currency") }}' as reporting_currency
),

tag_fixes as (
    select * from {{ ref('campaign_tag_fixes') }}
),

exchange_rates as (
    select
        currency,
        rate,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(
            lead(valid_from) over (partition by currency order by valid_from nulls first),
            date '9999-12-31'
        ) as valid_until
    from {{ ref('exchange_rates') }}
),

mended_costs as (
    select
        costs.cost_date,
        coalesce(costs.site_id, '{{ var("default_site_id") }}') as site_id,
        coalesce(source_fixes.meant, lower(costs.source)) as source,
        coalesce(medium_fixes.meant, lower(costs.medium)) as medium,
        coalesce(campaign_fixes.meant, costs.campaign) as campaign,
        costs.cost,
        upper(coalesce(costs.currency, settings.reporting_currency)) as currency,
        settings.reporting_currency,
        costs.clicks,
        costs.impressions
    from costs
    cross join settings
    left join tag_fixes as source_fixes
        on
            lower(costs.source) = source_fixes.written
            and source_fixes.parameter = 'source'
    left join tag_fixes as medium_fixes
        on
            lower(costs.medium) = medium_fixes.written
            and medium_fixes.parameter = 'medium'
    left join tag_fixes as campaign_fixes
        on
            lower(costs.campaign) = campaign_fixes.written
            and campaign_fixes.parameter = 'campaign'
),

campaign_costs as (
    select
        mended_costs.cost_date,
        mended_costs.site_id,
        mended_costs.source,
        mended_costs.medium,
        mended_costs.campaign,
        cast(sum(
            case
                when mended_costs.reporting_currency in ('', mended_costs.currency)
                    then mended_costs.cost
                else mended_costs.cost * exchange_rates.rate
            end
        ) as decimal(18, 4)) as cost, -- noqa: RF04
        cast(sum(mended_costs.clicks) as bigint) as clicks,
        cast(sum(mended_costs.impressions) as bigint) as impressions
    from mended_costs
    left join exchange_rates
        on
            mended_costs.currency = exchange_rates.currency
            and mended_costs.cost_date >= exchange_rates.valid_from
            and mended_costs.cost_date < exchange_rates.valid_until
    group by 1, 2, 3, 4, 5
)

select * from campaign_costs
