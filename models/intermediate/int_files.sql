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

last_file as (
    select coalesce(max(file_id), 0) as file_id from stored_files
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

-- When the hits are built from scratch, whatever is still there is read again.
files_to_read_again as (
    select stored_files.*
    from stored_files
    where
        {{ 'true' if rebuilds_hits() else 'false' }}
        and file_exists(stored_files.file_path)
        and stored_files.is_sample = {{ reads_sample() }}
        and stored_files.file_path not in (select file_path from changed_files)
),

files as (
    select
        coalesce(stored_files.file_id, last_file.file_id + row_number() over (
            order by changed_files.modified_at, changed_files.file_path
        )) as file_id,
        changed_files.format,
        changed_files.file_path,
        changed_files.bytes,
        changed_files.modified_at,
        changed_files.is_sample,
        next_batch.batch_id
    from changed_files
    cross join next_batch
    cross join last_file
    left join stored_files
        on changed_files.file_path = stored_files.file_path

    union all

    select
        files_to_read_again.file_id,
        files_to_read_again.format,
        files_to_read_again.file_path,
        files_to_read_again.bytes,
        files_to_read_again.modified_at,
        files_to_read_again.is_sample,
        next_batch.batch_id
    from files_to_read_again
    cross join next_batch

    union all

    -- The sample makes way for hits of one's own.
    select
        file_id,
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
