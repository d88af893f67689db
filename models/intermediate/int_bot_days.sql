{{
    config(
        materialized='incremental',
        replace_by=['site_id', 'visitor_id', 'active_date'],
        bounded_by='active_date',
        keeps_replaced=true,
        skip_unchanged=true,
        gone_when='bot_reason is null'
    )
}}

-- One row per site, visitor and active date on which the visitor behaved like a bot.

with

figures as (
    select * from {{ ref('int_visitor_day_figures') }}
),

bot_behaviors as (
    select * from {{ ref('bot_behaviors') }}
    where is_active
),

matches as (
    select
        figures.*,
        bot_behaviors.reason as bot_reason,
        row_number() over (
            partition by figures.site_id, figures.visitor_id, figures.active_date
            order by bot_behaviors.priority
        ) as match_number
    from figures
    inner join bot_behaviors
        on
            figures.site_id = coalesce(bot_behaviors.site_id, figures.site_id)
            and figures.format = coalesce(bot_behaviors.format, figures.format)
            and figures.page_views >= bot_behaviors.least_page_views
            and (
                bot_behaviors.least_page_views_in_a_minute is null
                or figures.busiest_minute_page_views
                >= bot_behaviors.least_page_views_in_a_minute
            )
            and (
                bot_behaviors.most_static_files is null
                or figures.static_files <= bot_behaviors.most_static_files
            )
            and (
                bot_behaviors.most_gap_spread_percent is null
                or figures.gap_spread_percent <= bot_behaviors.most_gap_spread_percent
            )
            and (
                bot_behaviors.least_active_hours is null
                or figures.active_hours >= bot_behaviors.least_active_hours
            )
),

matched_days as (
    select * from matches
    where match_number = 1
),

-- A date that was a bot's and is touched has a row, which may say that it is no more.
touched_days as (
    select
        site_id,
        visitor_id,
        active_date
    from matched_days

    union

    select
        stored.site_id,
        stored.visitor_id,
        stored.active_date
    from {{ stored() }} as stored
    where exists (
        select 1
        from {{ ref('int_session_days') }} as session_days
        where
            session_days.batch_id > {{ batch_seen() }}
            and stored.visitor_id = session_days.visitor_id
            and stored.active_date = session_days.active_date
    )
    or exists (
        select 1
        from {{ replaced(ref('int_session_days')) }} as replaced_days
        where
            replaced_days.replaced_batch_id > {{ batch_seen() }}
            and stored.visitor_id = replaced_days.visitor_id
            and stored.active_date = replaced_days.active_date
    )
),

bot_days as (
    select
        touched_days.site_id,
        touched_days.visitor_id,
        touched_days.active_date,
        matched_days.bot_reason,
        matched_days.page_views,
        matched_days.static_files,
        matched_days.active_hours,
        matched_days.busiest_minute_page_views,
        matched_days.gap_spread_percent,
        cast({{ this_batch() }} as bigint) as batch_id
    from touched_days
    left join matched_days
        on
            touched_days.site_id = matched_days.site_id
            and touched_days.visitor_id = matched_days.visitor_id
            and touched_days.active_date = matched_days.active_date
)

select * from bot_days
