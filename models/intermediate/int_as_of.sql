-- One row per database: the last date with users that is not after the last load of hits.

with

-- A hit from the future must not make the present look past.
loads as (
    select max(load_date) as load_date from {{ ref('hit_reconciliation') }}
    where accepted_hits > 0
),

-- Of a zone that is none a test says so; this must not stop readers meanwhile.
time_zones as (
    select time_zone from {{ ref('sites') }}
    where {{ is_time_zone('time_zone') }}
    union
    select '{{ var("default_time_zone") }}' as time_zone
),

-- The date on which the last load began, where that date begins last.
load_dates as (
    select
        min({{ local_date('cast(loads.load_date as timestamp)', 'time_zones.time_zone') }})
            as load_date
    from loads
    cross join time_zones
),

present as (
    select
        coalesce(
            cast(nullif('{{ var("as_of_date") }}', '') as date),
            max(user_periods.period_start)
        ) as as_of_date
    from {{ ref('int_user_periods') }} as user_periods
    inner join loads
        on user_periods.period_start <= loads.load_date
    where
        user_periods.period = 'day'
        and user_periods.users > 0
        and user_periods.dimension = 'all'
        and user_periods.site_id = '(all)'
),

as_of as (
    select
        present.as_of_date,
        case
            when present.as_of_date < load_dates.load_date then present.as_of_date
            else {{ add_days('present.as_of_date', -1) }}
        end as complete_date
    from present
    cross join load_dates
)

select * from as_of
