-- A reason whose rows are not all listed, or not all counted, would hide what was lost.

with

listed as (
    select
        format,
        cast(loaded_at as date) as load_date,
        rejection_reason,
        count(*) as rejected_hits
    from {{ ref('rejected_hits') }}
    group by 1, 2, 3
),

counted as (
    select
        format,
        load_date,
        rejection_reason,
        rejected_hits
    from {{ ref('hit_reconciliation') }}
    where rejection_reason is not null
)

select
    counted.format,
    counted.load_date,
    counted.rejection_reason
from counted
full outer join listed
    on
        counted.format = listed.format
        and counted.load_date = listed.load_date
        and counted.rejection_reason = listed.rejection_reason
where counted.rejected_hits is distinct from listed.rejected_hits
