-- One row per channel group, and source, medium and campaign of sessions.

with

sources as (
    select distinct
        channel,
        source,
        medium,
        campaign
    from {{ ref('int_campaign_days') }}

    union

    -- What came only in the midst of sessions.
    select distinct
        channel,
        source,
        medium,
        campaign
    from {{ ref('touchpoints') }}
    where touch_number > 1
),

rules as (
    select * from {{ ref('channel_group_rules') }}
),

groups as (
    select distinct channel_group from rules
),

-- Ordered rules, the first that matches wins. An empty cell matches everything.
matches as (
    select
        groups.channel_group,
        sources.channel,
        sources.source,
        sources.medium,
        sources.campaign,
        rules.label,
        row_number() over (
            partition by
                groups.channel_group, sources.source, sources.medium, sources.campaign
            order by rules.priority
        ) as match_number
    from groups
    cross join sources
    left join rules
        on
            groups.channel_group = rules.channel_group
            and (
                rules.channel_pattern is null
                or {{ matches('lower(sources.channel)', 'rules.channel_pattern') }}
            )
            and (
                rules.source_pattern is null
                or {{ matches('sources.source', 'rules.source_pattern') }}
            )
            and (
                rules.medium_pattern is null
                or {{ matches('sources.medium', 'rules.medium_pattern') }}
            )
            and (
                rules.campaign_pattern is null
                or {{ matches(
                    "coalesce(lower(sources.campaign), '')", 'rules.campaign_pattern'
                ) }}
            )
),

channel_groups as (
    select
        channel_group,
        coalesce(label, 'Other') as label, -- noqa: RF04
        channel,
        source,
        medium,
        campaign
    from matches
    where match_number = 1
)

select * from channel_groups
