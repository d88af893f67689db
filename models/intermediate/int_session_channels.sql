{{ config(materialized='ephemeral') }}

-- One row per source, medium and campaign of the touches that a run brings up to
-- date, with the channel that they belong to.

with

sources as (
    select distinct
        source,
        medium,
        campaign
    from {{ ref('int_origins') }}
),

source_categories as (
    select * from {{ ref('source_categories') }}
),

channel_rules as (
    select * from {{ ref('channel_rules') }}
),

categorised_sources as (
    select
        sources.source,
        sources.medium,
        sources.campaign,
        source_categories.category
    from sources
    left join source_categories
        on sources.source = source_categories.source
),

-- Ordered rules, the first that matches wins. An empty cell matches everything.
matches as (
    select
        categorised_sources.source,
        categorised_sources.medium,
        categorised_sources.campaign,
        channel_rules.channel,
        row_number() over (
            partition by
                categorised_sources.source,
                categorised_sources.medium,
                categorised_sources.campaign
            order by channel_rules.priority
        ) as match_number
    from categorised_sources
    left join channel_rules
        on
            (
                channel_rules.source_category is null
                or categorised_sources.category = channel_rules.source_category
            )
            and (
                channel_rules.source_pattern is null
                or {{ matches('categorised_sources.source', 'channel_rules.source_pattern') }}
            )
            and (
                channel_rules.medium_pattern is null
                or {{ matches('categorised_sources.medium', 'channel_rules.medium_pattern') }}
            )
            and (
                channel_rules.campaign_pattern is null
                or {{ matches(
                    "coalesce(lower(categorised_sources.campaign), '')",
                    'channel_rules.campaign_pattern'
                ) }}
            )
),

session_channels as (
    select
        source,
        medium,
        campaign,
        coalesce(channel, 'Unassigned') as channel
    from matches
    where match_number = 1
)

select * from session_channels
