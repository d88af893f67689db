-- One row per person.

with

users as (
    select
        -- ids
        person_id,

        -- first touch
        channel,
        source,
        medium,
        campaign,

        -- numbers
        sessions,
        hits,
        page_views,
        conversions,
        revenue,
        active_days,
        visitors,

        -- flags
        is_identified,

        -- timestamps, UTC
        first_seen_at,
        last_seen_at
    from {{ ref('int_users') }}
)

select * from users
