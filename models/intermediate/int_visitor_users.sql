{{
    config(
        materialized='incremental',
        replace_by=['visitor_id'],
        keeps_replaced=true,
        gone_when='user_id is null and persons_batch_id is null',
        skip_unchanged=true
    )
}}

-- One row per visitor that ever signed in, with the user that it did so as last, or whose
-- person became known later.

with

changed_ids as (
    select distinct_id from {{ ref('int_person_ids') }}
    where batch_id > {{ batch_seen() }}
),

touched_visitors as (
    select visitor_id from {{ ref('int_session_days') }}
    where user_id is not null and batch_id > {{ batch_seen() }}

    union

    select visitor_id from {{ replaced(ref('int_session_days')) }}
    where user_id is not null and replaced_batch_id > {{ batch_seen() }}

    union

    select session_days.visitor_id
    from {{ ref('int_session_days') }} as session_days
    inner join changed_ids
        on session_days.visitor_id = changed_ids.distinct_id

    union

    select session_days.visitor_id
    from {{ ref('int_session_days') }} as session_days
    inner join changed_ids
        on session_days.user_id = changed_ids.distinct_id
),

-- When the person of one of its ids changes, the row of a visitor does.
visitor_users as (
    select
        touched_visitors.visitor_id,
        {{ last_by(
            'session_days.user_id',
            'session_days.signed_in_at',
            'session_days.sign_in_hit_id'
        ) }} as user_id,
        max(greatest(
            coalesce(person_ids.batch_id, user_person_ids.batch_id),
            coalesce(user_person_ids.batch_id, person_ids.batch_id)
        )) as persons_batch_id,
        cast({{ this_batch() }} as bigint) as batch_id
    from touched_visitors
    left join {{ ref('int_session_days') }} as session_days
        on
            touched_visitors.visitor_id = session_days.visitor_id
            and session_days.user_id is not null
    left join {{ ref('int_person_ids') }} as person_ids
        on touched_visitors.visitor_id = person_ids.distinct_id
    left join {{ ref('int_person_ids') }} as user_person_ids
        on session_days.user_id = user_person_ids.distinct_id
    group by 1
)

select * from visitor_users
