-- One row per database: the last date with users that is not after the last load of hits.

with

-- A hit from the future must not make the present look past.
loads as (
    select max(load_date) as load_date from {{ ref('hit_reconciliation') }}
    where accepted_hits > 0
),

as_of as (
    select
        coalesce(
            cast(nullif('{{ var("as_of_date") }}', '') as date),
            max(daily_users.period_start)
        ) as as_of_date
    from {{ ref('daily_users') }} as daily_users
    inner join loads
        on daily_users.period_start <= loads.load_date
    where
        daily_users.users > 0
        and daily_users.dimension = 'all'
        and daily_users.site_id = '(all)'
)

select * from as_of
