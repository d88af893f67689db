-- One row per raw format, load date and reason to reject a row, or none: what became of
-- every raw row.

with

file_loads as (
    select * from {{ ref('int_file_loads') }}
),

hit_reconciliation as (
    select
        format,
        load_date,
        rejection_reason,
        cast(sum(raw_rows) as bigint) as raw_rows,
        cast(sum(accepted_hits) as bigint) as accepted_hits,
        cast(sum(future_hits) as bigint) as future_hits,
        cast(sum(late_hits) as bigint) as late_hits,
        cast(sum(duplicate_hits) as bigint) as duplicate_hits,
        cast(sum(different_duplicate_hits) as bigint) as different_duplicate_hits,
        cast(sum(rejected_hits) as bigint) as rejected_hits
    from file_loads
    group by 1, 2, 3
)

select * from hit_reconciliation
