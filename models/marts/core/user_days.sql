{{
    config(
        materialized='incremental',
        replace_by=['person_id'],
        gone_when='active_date is null'
    )
}}

-- One row per person, site and active date.

with

touched_persons as (
    select person_id from {{ ref('int_user_days') }}
    where batch_id > {{ batch_seen() }}
    union
    select person_id from {{ replaced(ref('int_user_days')) }}
    where replaced_batch_id > {{ batch_seen() }}
),

user_days as (
    select
        touched_persons.person_id,
        int_user_days.site_id,
        int_user_days.active_date,
        cast(sum(int_user_days.hits) as bigint) as hits,
        cast(sum(int_user_days.page_views) as bigint) as page_views,
        cast(sum(int_user_days.sessions) as bigint) as sessions,
        coalesce(int_user_days.active_date = int_user_days.first_date, false) as is_new
    from touched_persons
    left join {{ ref('int_user_days') }} as int_user_days
        on touched_persons.person_id = int_user_days.person_id
    group by 1, 2, 3, 7
)

select * from user_days
