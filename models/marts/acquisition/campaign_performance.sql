-- One row per date, site, source, medium and campaign that had a session or cost money.

with

traffic as (
    select * from {{ ref('int_campaign_days') }}
),

costs as (
    select * from {{ ref('int_campaign_costs') }}
),

campaign_performance as (
    select
        coalesce(traffic.session_date, costs.cost_date) as performance_date,
        coalesce(traffic.site_id, costs.site_id) as site_id,
        traffic.channel,
        coalesce(traffic.source, costs.source) as source,
        coalesce(traffic.medium, costs.medium) as medium,
        coalesce(traffic.campaign, costs.campaign) as campaign,
        coalesce(traffic.sessions, 0) as sessions,
        coalesce(traffic.engaged_sessions, 0) as engaged_sessions,
        coalesce(traffic.users, 0) as users,
        coalesce(traffic.new_users, 0) as new_users,
        coalesce(traffic.converting_sessions, 0) as converting_sessions,
        coalesce(traffic.conversions, 0) as conversions,
        cast(coalesce(traffic.revenue, 0) as decimal(18, 4)) as revenue,
        costs.cost,
        costs.clicks,
        costs.impressions,
        traffic.session_date is not null as has_traffic,
        costs.cost_date is not null as has_cost
    from traffic
    full outer join costs
        on
            traffic.session_date = costs.cost_date
            and traffic.site_id = costs.site_id
            and traffic.source = costs.source
            and traffic.medium = costs.medium
            and coalesce(traffic.campaign, '') = coalesce(costs.campaign, '')
)

select * from campaign_performance
