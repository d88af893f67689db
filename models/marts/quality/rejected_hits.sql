-- One row per raw row that is no hit, with the reason and where it stands.

with

deliveries as (
    select * from {{ ref('int_hit_deliveries') }}
    where rejection_reason is not null
),

files as (
    select * from {{ ref('int_files') }}
),

last_readings as (
    select
        file_id,
        max(batch_id) as batch_id
    from {{ ref('int_hit_deliveries') }}
    group by 1
),

-- Of a file that was read again, what its last reading found.
rejected_hits as (
    select
        deliveries.format,
        files.file_path,
        deliveries.file_row,
        deliveries.hit_id,
        deliveries.visitor_id,
        deliveries.rejection_reason,
        deliveries.raw_row,
        deliveries.event_at,
        coalesce(deliveries.loaded_at, files.modified_at) as loaded_at
    from deliveries
    inner join files
        on deliveries.file_id = files.file_id
    inner join last_readings
        on
            deliveries.file_id = last_readings.file_id
            and deliveries.batch_id = last_readings.batch_id
)

select * from rejected_hits
