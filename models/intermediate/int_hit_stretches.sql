{{ config(materialized='ephemeral') }}

-- One row per visitor, site and stretch of time, no longer than the timeout, with
-- hits that a run cuts.

with

hits_to_cut as (
    select * from {{ ref('int_hits_to_cut') }}
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
    group by 1, 2, 3, 4, 5, 6
)

select * from stretches
