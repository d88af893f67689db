-- One row per segment, member (a person, a session, or the hits of a session on a date)
-- and stretch of dates in which it is in the segment.

with

segment_members as (
    select
        segment_id,
        person_id,
        session_id,
        entered_date,
        left_date,
        hits,
        page_views
    from {{ ref('int_segment_members') }}
)

select * from segment_members
