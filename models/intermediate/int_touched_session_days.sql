{{ config(materialized='table') }}

-- One row per session and active date whose hits a run reads to number them anew, or
-- that has no hits any more. Each run makes it anew, for `int_session_hits`.

with

days as (
    select * from {{ ref('int_renewed_session_days') }}
),

changed_days as (
    select * from {{ ref('int_changed_session_days') }}
),

changes as (
    select
        session_id,
        min(active_date) as changed_from
    from changed_days
    group by 1
),

days_of_changed_sessions as (
    select
        days.*,
        changes.changed_from,
        coalesce(max(
            case when days.active_date < changes.changed_from then days.page_views_so_far end
        ) over (partition by days.session_id), 0) as unchanged_page_views
    from days
    inner join changes
        on days.session_id = changes.session_id
),

-- What comes later changes the four page views before: their next pages, and the time
-- that they were looked at.
renewed_days as (
    select
        *,
        active_date >= changed_from
        or (page_views_so_far > 0 and page_views_so_far > unchanged_page_views - 4)
            as is_renewed
    from days_of_changed_sessions
),

-- The page view before the first of those is read, too, and left as it is.
read_days as (
    select
        *,
        coalesce(max(
            case when not is_renewed then page_views_so_far end
        ) over (partition by session_id), 0) as kept_page_views
    from renewed_days
),

touched_days as (
    select
        session_id,
        session_date,
        active_date,
        person_id,
        session_page_views,
        hits_so_far - hits as hits_before,
        page_views_so_far - page_views as page_views_before,
        is_bounce,
        is_renewed,
        false as is_gone
    from read_days
    where is_renewed or (kept_page_views > 0 and page_views_so_far = kept_page_views)

    union all

    select
        session_id,
        cast(null as date) as session_date,
        active_date,
        cast(null as {{ dbt.type_string() }}) as person_id,
        cast(null as bigint) as session_page_views,
        cast(null as bigint) as hits_before,
        cast(null as bigint) as page_views_before,
        false as is_bounce,
        true as is_renewed,
        true as is_gone
    from changed_days
    where is_gone
)

select * from touched_days
