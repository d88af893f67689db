{{
    config(
        materialized='incremental',
        replace_by=['file_id'],
        gone_when='hit_date is null'
    )
}}

-- One row per raw file, site and date of its hits, with how many of them say what.

with

touched_files as (
    select file_id from {{ ref('int_files') }}
    where batch_id > {{ batch_seen() }}
    union
    select file_id from {{ ref('int_repeated_deliveries') }}
    where batch_id > {{ batch_seen() }}
),

dated_hits as (
    select
        file_id,
        format,
        site_id,
        {{ local_date('event_at', 'time_zone') }} as hit_date,
        user_id,
        source_session_id,
        country_code,
        user_agent,
        page_url
    from {{ ref('int_hits') }}
    where file_id in (select touched_files.file_id from touched_files)
),

-- A file whose hits have all come in others now has a row that says no more than that.
file_days as (
    select
        touched_files.file_id,
        dated_hits.format,
        dated_hits.site_id,
        dated_hits.hit_date,
        count(dated_hits.file_id) as hits,
        count(dated_hits.user_id) as hits_with_user,
        count(dated_hits.source_session_id) as hits_with_source_session,
        count(dated_hits.country_code) as hits_with_country,
        count(dated_hits.user_agent) as hits_with_device,
        count(dated_hits.page_url) as hits_with_page
    from touched_files
    left join dated_hits
        on touched_files.file_id = dated_hits.file_id
    where
        dated_hits.file_id is not null
        or touched_files.file_id in (select stored.file_id from {{ stored() }} as stored)
    group by 1, 2, 3, 4
)

select * from file_days
