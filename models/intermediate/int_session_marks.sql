{{ config(materialized='ephemeral') }}

-- One row per visitor, site and instant whose hits say what the first hit of a session
-- and date does not: how the session is named, where it landed and left, who it was.

with

first_hits as (
    select * from {{ ref('int_first_hits') }}
),

marked_instants as (
    -- Of several hits at one instant, `hit_id` decides, then the format.
    select
        visitor_key,
        started_at as event_at
    from first_hits
    group by 1, 2
    having count(*) > 1

    union

    -- Days after a session's first are named after its first hit.
    select
        visitor_key,
        session_started_at
    from first_hits
    where started_at != session_started_at

    union

    select
        visitor_key,
        landed_at
    from first_hits
    where landed_at != started_at

    union

    select
        visitor_key,
        exited_at
    from first_hits
    where exited_at != started_at

    union

    select
        visitor_key,
        signed_in_at
    from first_hits
    where signed_in_at is not null
),

marked_hits as (
    select
        hits.visitor_key,
        hits.event_at,
        hits.hit_id,
        hits.format,
        case when hits.hit_type = 'page_view' then hits.hit_id end as page_view_id,
        case when hits.hit_type = 'page_view' then hits.page_url end as page_url,
        case when hits.user_id is not null then hits.hit_id end as sign_in_hit_id,
        hits.user_id
    from {{ ref('int_hits_to_cut') }} as hits
    inner join marked_instants
        on
            hits.visitor_key = marked_instants.visitor_key
            and hits.event_at = marked_instants.event_at
),

shared_instants as (
    select
        visitor_key,
        event_at
    from marked_hits
    group by 1, 2
    having count(*) > 1
),

-- Nearly all instants have one hit: there is nothing to group.
session_marks as (
    select
        marked_hits.visitor_key,
        marked_hits.event_at,
        marked_hits.hit_id as first_hit_id,
        marked_hits.format as first_format,
        marked_hits.page_view_id as landing_hit_id,
        marked_hits.page_url as landing_page_url,
        marked_hits.page_view_id as exit_hit_id,
        marked_hits.page_url as exit_page_url,
        marked_hits.sign_in_hit_id,
        marked_hits.user_id
    from marked_hits
    left join shared_instants
        on
            marked_hits.visitor_key = shared_instants.visitor_key
            and marked_hits.event_at = shared_instants.event_at
    where shared_instants.visitor_key is null

    union all

    select
        marked_hits.visitor_key,
        marked_hits.event_at,
        min(marked_hits.hit_id) as first_hit_id,
        {{ first_by('marked_hits.format', 'marked_hits.hit_id', 'marked_hits.format') }}
            as first_format,
        min(marked_hits.page_view_id) as landing_hit_id,
        {{ first_by(
            'marked_hits.page_url', 'marked_hits.page_view_id', 'marked_hits.format'
        ) }} as landing_page_url,
        max(marked_hits.page_view_id) as exit_hit_id,
        {{ last_by(
            'marked_hits.page_url', 'marked_hits.page_view_id', 'marked_hits.format'
        ) }} as exit_page_url,
        max(marked_hits.sign_in_hit_id) as sign_in_hit_id,
        {{ last_by(
            'marked_hits.user_id', 'marked_hits.sign_in_hit_id', 'marked_hits.format'
        ) }} as user_id
    from marked_hits
    inner join shared_instants
        on
            marked_hits.visitor_key = shared_instants.visitor_key
            and marked_hits.event_at = shared_instants.event_at
    group by 1, 2
)

select * from session_marks
