-- Every raw row of the last reading of its file, or that was accepted once, is
-- accounted for, and nothing else is.

with

raw_rows as (
    select
        (select count(*) from {{ ref('int_hits') }}) as accepted_hits,
        (select count(*) from {{ ref('rejected_hits') }}) as rejected_hits,
        (
            select count(*)
            from {{ ref('int_repeated_deliveries') }} as repeated_deliveries
            inner join {{ ref('int_hit_deliveries') }} as deliveries
                on repeated_deliveries.delivery_id = deliveries.delivery_id
            inner join {{ ref('int_files') }} as files
                on
                    deliveries.file_id = files.file_id
                    and deliveries.batch_id = files.batch_id
            where not repeated_deliveries.is_counted
        ) as duplicate_hits
),

reconciled as (
    select
        coalesce(sum(raw_rows), 0) as raw_rows,
        coalesce(sum(accepted_hits), 0) as accepted_hits,
        coalesce(sum(rejected_hits), 0) as rejected_hits,
        coalesce(sum(duplicate_hits), 0) as duplicate_hits
    from {{ ref('hit_reconciliation') }}
)

select reconciled.*
from reconciled
cross join raw_rows
where
    reconciled.raw_rows
    != reconciled.accepted_hits + reconciled.rejected_hits + reconciled.duplicate_hits
    or reconciled.accepted_hits != raw_rows.accepted_hits
    or reconciled.rejected_hits != raw_rows.rejected_hits
    or reconciled.duplicate_hits != raw_rows.duplicate_hits
