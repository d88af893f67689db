-- One row per kind of period, period, site (and all sites), dimension and value with users or
-- sessions in it or in one that it is compared with, up to the present.

with

as_of as (
    select * from {{ ref('int_as_of') }}
),

figures as (
    select
        *,
        case period
            when 'day' then period_start
            when 'week' then {{ add_days('period_start', 6) }}
            else cast({{ dbt.last_day('period_start', 'month') }} as date)
        end as period_end
    from {{ ref('int_compared_figures') }}
),

recorded_periods as (
    select * from {{ ref('int_recorded_periods') }}
),

periods as (
    select distinct
        period,
        period_start,
        period_end,
        site_id
    from figures
),

annotated_periods as (
    select
        periods.period,
        periods.period_start,
        periods.site_id,
        {{ sorted_texts('annotations.annotation', '; ') }} as annotations
    from periods
    inner join {{ ref('annotations') }} as annotations
        on
            periods.period_end >= annotations.first_date
            and periods.period_start <= coalesce(annotations.last_date, annotations.first_date)
            and (
                annotations.site_id is null
                or periods.site_id in (annotations.site_id, '(all)')
            )
    group by 1, 2, 3
),

period_trends as (
    select
        figures.period,
        figures.period_start,
        figures.period_end,
        figures.site_id,
        figures.dimension,
        figures.dimension_value,
        cast({{ days_between('figures.period_start', 'figures.period_end') }} + 1 as integer)
            as days, -- noqa: RF04
        cast({{ days_between(
            'greatest(figures.period_start, recorded_periods.first_date)',
            'least(figures.period_end, as_of.as_of_date)'
        ) }} + 1 as integer) as recorded_days,
        figures.period_start < recorded_periods.first_date
        or figures.period_end > as_of.complete_date as is_partial,
        cast(figures.users as bigint) as users,
        cast(figures.new_users as bigint) as new_users,
        cast(figures.users - figures.new_users as bigint) as returning_users,
        cast(figures.sessions as bigint) as sessions,
        cast(figures.user_days as bigint) as user_days,
        case
            when figures.period = 'day' then cast(coalesce(figures.users_7_days, 0) as bigint)
        end as users_7_days,
        case
            when figures.period = 'day' then cast(coalesce(figures.users_28_days, 0) as bigint)
        end as users_28_days,
        case
            when figures.period_start >= recorded_periods.previous_from
                then cast(figures.previous_users as bigint)
        end as previous_users,
        case
            when figures.period_start >= recorded_periods.previous_from
                then cast(figures.previous_sessions as bigint)
        end as previous_sessions,
        case
            when figures.period_start >= recorded_periods.week_before_from
                then cast(figures.week_before_users as bigint)
        end as week_before_users,
        case
            when figures.period_start >= recorded_periods.week_before_from
                then cast(figures.week_before_sessions as bigint)
        end as week_before_sessions,
        case
            when figures.period_start >= recorded_periods.year_before_from
                then cast(figures.year_before_users as bigint)
        end as year_before_users,
        case
            when figures.period_start >= recorded_periods.year_before_from
                then cast(figures.year_before_sessions as bigint)
        end as year_before_sessions,
        annotated_periods.annotations
    from figures
    cross join as_of
    inner join recorded_periods
        on
            figures.site_id = recorded_periods.site_id
            and figures.period = recorded_periods.period
    left join annotated_periods
        on
            figures.period = annotated_periods.period
            and figures.period_start = annotated_periods.period_start
            and figures.site_id = annotated_periods.site_id
    where figures.period_start <= as_of.as_of_date
)

select * from period_trends
