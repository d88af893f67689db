-- A session that neither counts nor is excluded, or both, would be unaccounted for.

with

all_sessions as (
    select
        session_date,
        site_id,
        count(*) as sessions,
        sum(hits) as hits,
        sum(page_views) as page_views
    from {{ ref('sessions') }}
    group by 1, 2
),

accounted_sessions as (
    select
        session_date,
        site_id,
        sum(sessions) as sessions,
        sum(hits) as hits,
        sum(page_views) as page_views
    from (
        select
            session_date,
            site_id,
            sessions,
            hits,
            page_views
        from {{ ref('daily_sessions') }}
        union all
        select
            session_date,
            site_id,
            sessions,
            hits,
            page_views
        from {{ ref('daily_exclusions') }}
    ) as counted_or_excluded
    group by 1, 2
)

select
    all_sessions.session_date,
    all_sessions.site_id
from all_sessions
full outer join accounted_sessions
    on
        all_sessions.session_date = accounted_sessions.session_date
        and all_sessions.site_id = accounted_sessions.site_id
where
    all_sessions.sessions is distinct from accounted_sessions.sessions
    or all_sessions.hits is distinct from accounted_sessions.hits
    or all_sessions.page_views is distinct from accounted_sessions.page_views
