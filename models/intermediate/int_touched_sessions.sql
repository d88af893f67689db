{{ config(materialized='ephemeral') }}

-- One row per session that a run brings up to date: its days put together. All but
-- the key is null where the session is gone.
-- It has to know whether `int_sessions` is built from scratch, hence to come after these.
-- depends_on: {{ ref('int_touches') }}, {{ ref('int_user_agents') }}

with

-- Visitors whose last user is another one than before, or is known only now, or who
-- turn out to behave like bots or not to.
changed_visitors as (
    select visitor_id from {{ ref('int_visitor_users') }}
    where batch_id > {{ batch_seen('int_sessions') }}
    union
    select visitor_id from {{ replaced(ref('int_visitor_users'), 'int_sessions') }}
    where replaced_batch_id > {{ batch_seen('int_sessions') }}
    union
    select visitor_id from {{ ref('int_bot_days') }}
    where batch_id > {{ batch_seen('int_sessions') }}
    union
    select visitor_id from {{ replaced(ref('int_bot_days'), 'int_sessions') }}
    where replaced_batch_id > {{ batch_seen('int_sessions') }}
),

touched_days as (
    select * from {{ ref('int_session_days') }}
    where batch_id > {{ batch_seen('int_sessions') }}

    union all

    select session_days.*
    from {{ ref('int_session_days') }} as session_days
    inner join changed_visitors
        on session_days.visitor_id = changed_visitors.visitor_id
    where
        session_days.batch_id <= {{ batch_seen('int_sessions') }}
        and {{ touched_session_dates('session_days.session_date') }}
),

first_days as (
    select * from touched_days
    where active_date = session_date
),

touched_sessions as (
    select
        session_id,
        session_date
    from first_days

    union

    select
        session_id,
        session_date
    from {{ replaced(ref('int_session_days'), 'int_sessions') }}
    where replaced_batch_id > {{ batch_seen('int_sessions') }}
),

-- Of the few sessions that go over midnight.
later_days as (
    select
        session_id,
        session_date,
        max(active_date) as last_active_date,
        max(ended_at) as ended_at,
        cast(sum(hits) as bigint) as hits,
        cast(sum(page_views) as bigint) as page_views,
        cast(sum(clicks) as bigint) as clicks,
        cast(sum(form_submissions) as bigint) as form_submissions,
        {{ first_by('landing_page_url', 'landed_at', 'landing_hit_id') }}
            as landing_page_url,
        max(landed_at) as landed_at,
        {{ last_by('exit_page_url', 'exited_at', 'exit_hit_id') }} as exit_page_url,
        {{ last_by('user_id', 'signed_in_at', 'sign_in_hit_id') }} as user_id
    from touched_days
    where active_date != session_date
    group by 1, 2
),

session_conversions as (
    select
        session_id,
        session_date,
        count(*) as conversions,
        sum(revenue) as revenue
    from {{ ref('int_conversions') }}
    where {{ touched_session_dates('session_date') }}
    group by 1, 2
),

sessions as (
    select
        touched_sessions.session_id,
        touched_sessions.session_date,
        first_days.site_id,
        first_days.visitor_id,
        coalesce(later_days.user_id, first_days.user_id) as user_id,
        visitor_users.user_id as visitor_user_id,
        coalesce(later_days.last_active_date, first_days.active_date) as last_active_date,
        first_days.started_at,
        coalesce(later_days.ended_at, first_days.ended_at) as ended_at,
        first_days.hits + coalesce(later_days.hits, 0) as hits,
        first_days.page_views + coalesce(later_days.page_views, 0) as page_views,
        first_days.clicks + coalesce(later_days.clicks, 0) as clicks,
        first_days.form_submissions + coalesce(later_days.form_submissions, 0)
            as form_submissions,
        coalesce(session_conversions.conversions, 0) as conversions,
        coalesce(session_conversions.revenue, 0) as revenue,
        first_days.first_page_url,
        first_days.referrer_url,
        first_days.user_agent,
        first_days.ip_range,
        first_days.country_code,
        first_days.language,
        case
            when first_days.landed_at is not null then first_days.landing_page_url
            else later_days.landing_page_url
        end as landing_page_url,
        case
            when later_days.landed_at is not null then later_days.exit_page_url
            else first_days.exit_page_url
        end as exit_page_url
    from touched_sessions
    left join first_days
        on
            touched_sessions.session_id = first_days.session_id
            and touched_sessions.session_date = first_days.session_date
    left join later_days
        on
            touched_sessions.session_id = later_days.session_id
            and touched_sessions.session_date = later_days.session_date
    left join session_conversions
        on
            touched_sessions.session_id = session_conversions.session_id
            and touched_sessions.session_date = session_conversions.session_date
    left join {{ ref('int_visitor_users') }} as visitor_users
        on first_days.visitor_id = visitor_users.visitor_id
)

select * from sessions
