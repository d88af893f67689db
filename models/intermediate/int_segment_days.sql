{{
    config(
        materialized='incremental',
        replace_by=['person_id'],
        keeps_replaced=true,
        gone_when='segment_id is null'
    )
}}

-- One row per segment, person, site and date on which the person was active in the segment.
-- A run renews the rows of the persons that it touches.

with

session_days as (
    select * from {{ ref('int_segment_session_days') }}
),

segments as (
    select * from {{ ref('segments') }}
),

-- A session counts on the date on which it starts; in a segment of hits, on the date of
-- the first of them.
member_days as (
    select
        members.segment_id,
        session_days.*,
        case when session_days.active_date = session_days.session_date then 1 else 0 end
            as sessions,
        session_days.hits as segment_hits,
        session_days.page_views as segment_page_views
    from session_days
    inner join {{ ref('int_segment_members') }} as members
        on
            session_days.person_id = members.person_id
            and members.session_id is null
            and session_days.active_date >= members.entered_date
            and (members.left_date is null or session_days.active_date < members.left_date)

    union all

    select
        members.segment_id,
        session_days.*,
        case
            when session_days.active_date = min(members.entered_date) over (
                partition by members.segment_id, members.session_id
            ) then 1
            else 0
        end as sessions,
        coalesce(members.hits, session_days.hits) as segment_hits,
        coalesce(members.page_views, session_days.page_views) as segment_page_views
    from session_days
    inner join {{ ref('int_segment_members') }} as members
        on
            session_days.session_id = members.session_id
            and session_days.active_date >= members.entered_date
            and (members.left_date is null or session_days.active_date < members.left_date)
),

days as (
    select
        member_days.segment_id,
        member_days.person_id,
        member_days.site_id,
        member_days.active_date,
        member_days.active_date = case
            when segments.includes_excluded then member_days.first_date
            else member_days.first_counted_date
        end as is_new,
        cast(sum(member_days.sessions) as bigint) as sessions,
        cast(sum(member_days.sessions * member_days.engaged_sessions) as bigint)
            as engaged_sessions,
        cast(sum(member_days.sessions * member_days.bounces) as bigint) as bounces,
        cast(sum(member_days.sessions * member_days.converting_sessions) as bigint)
            as converting_sessions,
        cast(sum(member_days.sessions * member_days.measured_sessions) as bigint)
            as measured_sessions,
        cast(sum(member_days.sessions * member_days.duration_seconds) as decimal(18, 6))
            as duration_seconds,
        cast(sum(member_days.segment_hits) as bigint) as hits,
        cast(sum(member_days.segment_page_views) as bigint) as page_views,
        cast(sum(member_days.sessions * member_days.conversions) as bigint) as conversions,
        cast(sum(member_days.sessions * member_days.revenue) as decimal(18, 4)) as revenue,
        cast({{ this_batch() }} as bigint) as batch_id
    from member_days
    inner join segments
        on
            member_days.segment_id = segments.segment_id
            and (member_days.is_counted or segments.includes_excluded)
    group by 1, 2, 3, 4, 5
),

touched_persons as (
    select person_id from session_days
    union
    select person_id from {{ replaced(ref('int_sessions')) }}
    where replaced_batch_id > {{ batch_seen() }}
),

-- Whoever was in a segment has a row that says no more than that the old ones go.
stored_persons as (
    select distinct stored.person_id
    from {{ stored() }} as stored
    inner join touched_persons
        on stored.person_id = touched_persons.person_id
),

segment_days as (
    select
        days.segment_id,
        coalesce(days.person_id, stored_persons.person_id) as person_id,
        days.site_id,
        days.active_date,
        coalesce(days.is_new, false) as is_new,
        days.sessions,
        days.engaged_sessions,
        days.bounces,
        days.converting_sessions,
        days.measured_sessions,
        days.duration_seconds,
        days.hits,
        days.page_views,
        days.conversions,
        days.revenue,
        days.batch_id
    from days
    full outer join stored_persons
        on days.person_id = stored_persons.person_id
)

select * from segment_days
