{{
    config(
        materialized='incremental',
        replace_by=['file_id']
    )
}}

-- One row per raw file, load date and reason to reject a row, or none: what became of
-- the rows.

with

touched_files as (
    select file_id from {{ ref('int_files') }}
    where batch_id > {{ batch_seen() }}
    union
    select file_id from {{ ref('int_repeated_deliveries') }}
    where batch_id > {{ batch_seen() }}
),

repeated_deliveries as (
    select * from {{ ref('int_repeated_deliveries') }}
    where not is_counted
),

judged_deliveries as (
    select
        files.file_id,
        files.format,
        cast(coalesce(deliveries.loaded_at, files.modified_at) as date) as load_date,
        deliveries.rejection_reason,
        case
            when deliveries.rejection_reason is not null then 'rejected'
            when repeated_deliveries.delivery_id is not null then 'duplicate'
            else 'accepted'
        end as outcome,
        coalesce(repeated_deliveries.is_different, false) as is_different,
        deliveries.event_at > {{ add_microseconds(
            'coalesce(deliveries.loaded_at, files.modified_at)', '300000000'
        ) }} as is_future,
        deliveries.event_at < {{ add_microseconds(
            'coalesce(deliveries.loaded_at, files.modified_at)', '-259200000000'
        ) }} as is_late,
        deliveries.batch_id = files.batch_id as is_last_reading
    from touched_files
    inner join {{ ref('int_files') }} as files
        on touched_files.file_id = files.file_id
    inner join {{ ref('int_hit_deliveries') }} as deliveries
        on files.file_id = deliveries.file_id
    left join repeated_deliveries
        on deliveries.delivery_id = repeated_deliveries.delivery_id
),

-- Of a file that was read again, hits stay and the rest is as its last reading
-- found it.
file_loads as (
    select
        file_id,
        format,
        load_date,
        rejection_reason,
        count(*) as raw_rows,
        count(case when outcome = 'accepted' then 1 end) as accepted_hits,
        count(case when outcome = 'accepted' and is_future then 1 end) as future_hits,
        count(case when outcome = 'accepted' and is_late then 1 end) as late_hits,
        count(case when outcome = 'duplicate' then 1 end) as duplicate_hits,
        count(case when outcome = 'duplicate' and is_different then 1 end)
            as different_duplicate_hits,
        count(case when outcome = 'rejected' then 1 end) as rejected_hits
    from judged_deliveries
    where outcome = 'accepted' or is_last_reading
    group by 1, 2, 3, 4
)

select * from file_loads
