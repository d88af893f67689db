{{
    config(
        materialized='incremental',
        replace_by=['visitor_id'],
        keeps_replaced=true,
        gone_when='user_id is null',
        skip_unchanged=true
    )
}}

-- One row per visitor that ever signed in, with the user that it did so as last.

with

touched_visitors as (
    select visitor_id from {{ ref('int_session_days') }}
    where user_id is not null and batch_id > {{ batch_seen() }}
    union
    select visitor_id from {{ replaced(ref('int_session_days')) }}
    where user_id is not null and replaced_batch_id > {{ batch_seen() }}
),

visitor_users as (
    select
        touched_visitors.visitor_id,
        {{ last_by(
            'session_days.user_id',
            'session_days.signed_in_at',
            'session_days.sign_in_hit_id'
        ) }} as user_id,
        cast({{ this_batch() }} as bigint) as batch_id
    from touched_visitors
    left join {{ ref('int_session_days') }} as session_days
        on
            touched_visitors.visitor_id = session_days.visitor_id
            and session_days.user_id is not null
    group by 1
)

select * from visitor_users
