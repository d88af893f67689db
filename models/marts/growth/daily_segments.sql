-- One row per date, site (and all sites) and segment in which somebody was active, or into
-- or out of which somebody came, up to the last date with users.

with

segment_dates as (
    select * from {{ ref('int_segment_dates') }}
),

segments as (
    select * from {{ ref('segments') }}
),

last_date as (
    select max(segment_date) as last_date from segment_dates
    where users > 0
),

running_dates as (
    select
        *,
        sum(members_change) over (
            partition by segment_id, site_id order by segment_date
        ) as members
    from segment_dates
),

daily_segments as (
    select
        running_dates.segment_date,
        running_dates.site_id,
        running_dates.segment_id,
        segments.segment,
        segments.scope,
        cast(
            case
                when segments.scope = 'person' and running_dates.site_id = '(all)'
                    then running_dates.members
            end as bigint
        ) as members,
        running_dates.users,
        running_dates.new_users,
        running_dates.users - running_dates.new_users as returning_users,
        running_dates.sessions,
        running_dates.engaged_sessions,
        running_dates.bounces,
        running_dates.converting_sessions,
        running_dates.measured_sessions,
        running_dates.duration_seconds,
        running_dates.hits,
        running_dates.page_views,
        running_dates.conversions,
        running_dates.revenue
    from running_dates
    inner join segments
        on running_dates.segment_id = segments.segment_id
    cross join last_date
    where running_dates.segment_date <= last_date.last_date
)

select * from daily_segments
