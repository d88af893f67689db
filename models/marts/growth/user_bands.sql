-- One row per band of recency and band of frequency with a user.

with

bands as (
    select * from {{ ref('recency_frequency_bands') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

-- Whoever has a hit from the future was here today, as far as is known.
users as (
    select
        greatest({{ days_between('users.last_date', 'as_of.as_of_date') }}, 0) as days_away,
        users.active_days,
        count(*) as users,
        sum(users.sessions) as sessions,
        sum(users.conversions) as conversions,
        sum(users.revenue) as revenue
    from {{ ref('int_users') }} as users
    cross join as_of
    group by 1, 2
),

user_bands as (
    select
        recency_bands.band_number as recency_band_number,
        recency_bands.band as recency_band,
        frequency_bands.band_number as frequency_band_number,
        frequency_bands.band as frequency_band,
        cast(sum(users.users) as bigint) as users,
        cast(sum(users.sessions) as bigint) as sessions,
        cast(sum(users.conversions) as bigint) as conversions,
        cast(sum(users.revenue) as decimal(18, 4)) as revenue
    from users
    left join bands as recency_bands
        on
            recency_bands.measure = 'recency'
            and users.days_away >= recency_bands.lowest
            and users.days_away <= coalesce(recency_bands.highest, users.days_away)
    left join bands as frequency_bands
        on
            frequency_bands.measure = 'frequency'
            and users.active_days >= frequency_bands.lowest
            and users.active_days <= coalesce(frequency_bands.highest, users.active_days)
    group by 1, 2, 3, 4
)

select * from user_bands
