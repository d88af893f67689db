{{ config(materialized='ephemeral') }}

-- One row per site, visitor and instant at which, by the option of the site, another
-- campaign starts a session.

with

-- Of several campaigns at one instant, the one that sorts last: an instant is not split.
instants as (
    select
        site_id,
        visitor_id,
        event_at,
        timeout_microseconds,
        max({{ campaign_tags('utm_source', 'utm_medium', 'utm_campaign', 'page_url') }})
            as campaign
    from {{ ref('int_hits_to_cut') }}
    where {{ splits_at('campaign', 'site_id') }}
    group by 1, 2, 3, 4
),

instants_with_gap as (
    select
        *,
        case
            when event_at <= {{ add_microseconds(
                'lag(event_at) over (partition by site_id, visitor_id order by event_at)',
                'timeout_microseconds'
            ) }} then 0
            else 1
        end as starts_run
    from instants
),

-- Silence ends a campaign, too: what came before it is not compared.
instants_in_run as (
    select
        *,
        sum(starts_run) over (
            partition by site_id, visitor_id order by event_at
            rows between unbounded preceding and current row
        ) as run_number
    from instants_with_gap
),

campaign_instants as (
    select
        *,
        lag(campaign) over (
            partition by site_id, visitor_id, run_number order by event_at
        ) as previous_campaign
    from instants_in_run
    where campaign is not null
),

campaign_cuts as (
    select
        site_id,
        visitor_id,
        event_at as cut_at
    from campaign_instants
    where starts_run = 0 and campaign is distinct from previous_campaign
)

select * from campaign_cuts
