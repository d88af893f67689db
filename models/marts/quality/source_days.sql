-- One row per raw format, site and date with a hit: how many hits there were and what they
-- say, beside what is usual.

with

days as (
    select
        format,
        site_id,
        hit_date,
        {{ days_between("date '1999-12-27'", 'hit_date') }} % 7 as weekday_number,
        cast(sum(hits) as bigint) as hits,
        cast(sum(hits_with_user) as bigint) as hits_with_user,
        cast(sum(hits_with_source_session) as bigint) as hits_with_source_session,
        cast(sum(hits_with_country) as bigint) as hits_with_country,
        cast(sum(hits_with_device) as bigint) as hits_with_device,
        cast(sum(hits_with_page) as bigint) as hits_with_page
    from {{ ref('int_file_days') }}
    group by 1, 2, 3, 4
),

days_with_usual as (
    select
        *,
        {{ days_between('lag(hit_date) over site_days', 'hit_date') }} - 1 as gap_days,
        -- Weeks have their rhythm.
        avg(hits) over (
            partition by format, site_id, weekday_number order by hit_date
            rows between 4 preceding and 1 preceding
        ) as usual_hits,
        sum(hits) over days_before as hits_before,
        sum(hits_with_user) over days_before as user_before,
        sum(hits_with_source_session) over days_before as source_session_before,
        sum(hits_with_country) over days_before as country_before,
        sum(hits_with_device) over days_before as device_before,
        sum(hits_with_page) over days_before as page_before
    from days
    window
        site_days as (partition by format, site_id order by hit_date),
        days_before as (
            partition by format, site_id order by hit_date
            rows between 28 preceding and 1 preceding
        )
),

-- Of a few hits any share may be missing.
source_days as (
    select
        format,
        site_id,
        hit_date,
        hits,
        hits_with_user,
        hits_with_source_session,
        hits_with_country,
        hits_with_device,
        hits_with_page,
        cast(gap_days as bigint) as gap_days,
        cast(usual_hits as bigint) as usual_hits,
        coalesce(usual_hits >= 20 and hits < {{ var('source_drop_share') }} * usual_hits, false)
            as is_drop,
        nullif(concat_ws(
            ', ',
            case when {{ is_coverage_lost('hits_with_user', 'user_before') }} then 'user_id' end,
            case
                when {{ is_coverage_lost('hits_with_source_session', 'source_session_before') }}
                    then 'source_session_id'
            end,
            case
                when {{ is_coverage_lost('hits_with_country', 'country_before') }}
                    then 'country_code'
            end,
            case
                when {{ is_coverage_lost('hits_with_device', 'device_before') }}
                    then 'user_agent'
            end,
            case when {{ is_coverage_lost('hits_with_page', 'page_before') }} then 'page_url' end
        ), '') as lost_columns
    from days_with_usual
)

select * from source_days
