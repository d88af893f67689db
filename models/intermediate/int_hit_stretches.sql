{{ config(materialized='ephemeral') }}

-- One row per visitor, site and stretch of time, no longer than the timeout, with
-- hits that a run cuts.

with

-- Where a campaign starts a session, its hits are of another part of the visitor's.
hits_to_cut as (
    select
        *,
        0 as campaign_part
    from {{ ref('int_hits_to_cut') }}
    where not {{ splits_at('campaign', 'site_id') }}

    union all

    select
        hits_to_cut.*,
        count(campaign_cuts.cut_at) over (
            partition by hits_to_cut.site_id, hits_to_cut.visitor_id
            order by hits_to_cut.event_at
        ) as campaign_part
    from {{ ref('int_hits_to_cut') }} as hits_to_cut
    left join {{ ref('int_campaign_cuts') }} as campaign_cuts
        on
            hits_to_cut.site_id = campaign_cuts.site_id
            and hits_to_cut.visitor_id = campaign_cuts.visitor_id
            and hits_to_cut.event_at = campaign_cuts.cut_at
    where {{ splits_at('campaign', 'hits_to_cut.site_id') }}
),

-- Two hits of a visitor in one stretch always share a session: grouping them
-- first leaves far fewer rows to sort. Dates change on quarter hours only, so a
-- stretch has one date in any time zone.
stretches as (
    select
        site_id,
        visitor_id,
        timeout_microseconds,
        time_zone,
        campaign_part,
        {{ stretch_of('event_at', '900000000') }} as quarter_hour,
        {{ stretch_of('event_at', 'timeout_microseconds') }} as stretch,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        count(*) as hits,
        count(case when hit_type = 'page_view' then 1 end) as page_views,
        count(case when hit_type = 'click' then 1 end) as clicks,
        count(case when hit_type = 'form_submission' then 1 end) as form_submissions,
        min(case when hit_type = 'page_view' then event_at end) as landed_at,
        max(case when hit_type = 'page_view' then event_at end) as exited_at,
        max(case when user_id is not null then event_at end) as signed_in_at
    from hits_to_cut
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from stretches
