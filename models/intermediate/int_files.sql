{{
    config(
        materialized='incremental',
        full_refresh=false,
        replace_by=['file_path'],
        gone_when='batch_id is null'
    )
}}

-- One row per raw file that was read or is to be read.
-- depends_on: {{ ref('placeholder_ids') }}, {{ ref('static_files') }}
-- depends_on: {{ ref('event_types') }}, {{ ref('scrub_rules') }}
-- depends_on: {{ ref('source_codes') }}

with

present_files as (
    {{ list_files() }}
),

stored_files as (
    select * from {{ stored() }}
),

next_batch as (
    select coalesce(max(batch_id), 0) + 1 as batch_id from stored_files
),

last_numbers as (
    select
        coalesce(max(file_id), 0) as file_id,
        coalesce(max(reading_id), 0) as reading_id
    from stored_files
),

-- Files that the input names and that are new, or not as they were when read.
changed_files as (
    select present_files.*
    from present_files
    left join stored_files
        on present_files.file_path = stored_files.file_path
    where
        stored_files.file_path is null
        or present_files.bytes != stored_files.bytes
        or present_files.modified_at != stored_files.modified_at
),

-- Files of several tables that make hits together.
changed_exports as (
    select distinct {{ export_of('format', 'file_path') }} as export
    from changed_files
),

-- When the hits are built from scratch, whatever is still there is read again; and with
-- a file the others of its export.
files_to_read_again as (
    select
        stored_files.format,
        stored_files.file_path,
        stored_files.bytes,
        stored_files.modified_at,
        stored_files.is_sample
    from stored_files
    where
        (
            {{ 'true' if rebuilds_hits() else 'false' }}
            or {{ export_of('stored_files.format', 'stored_files.file_path') }} in (
                select changed_exports.export from changed_exports
            )
        )
        and {{ is_there('stored_files.file_path') }}
        and stored_files.is_sample = {{ reads_sample() }}
        and stored_files.file_path not in (select changed_files.file_path from changed_files)
),

files_to_read as (
    select * from changed_files
    union all
    select * from files_to_read_again
),

files as (
    select
        coalesce(stored_files.file_id, last_numbers.file_id + row_number() over (
            order by files_to_read.modified_at, files_to_read.file_path
        )) as file_id,
        last_numbers.reading_id + row_number() over (
            order by files_to_read.modified_at, files_to_read.file_path
        ) as reading_id,
        files_to_read.format,
        files_to_read.file_path,
        files_to_read.bytes,
        files_to_read.modified_at,
        files_to_read.is_sample,
        next_batch.batch_id
    from files_to_read
    cross join next_batch
    cross join last_numbers
    left join stored_files
        on files_to_read.file_path = stored_files.file_path

    union all

    -- The sample makes way for hits of one's own.
    select
        file_id,
        reading_id,
        format,
        file_path,
        bytes,
        modified_at,
        is_sample,
        cast(null as bigint) as batch_id
    from stored_files
    where is_sample and not {{ reads_sample() }}
)

select * from files
