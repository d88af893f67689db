-- The table adds changes up over the years: a change missed or taken twice would
-- stay for good.

with

summed as (
    select
        format,
        site_id,
        session_date,
        reason,
        count(*) as sessions,
        sum(source_sessions) as source_sessions
    from {{ ref('int_compared_sessions') }}
    group by 1, 2, 3, 4
),

stored as (
    select
        format,
        site_id,
        session_date,
        reason,
        sessions,
        source_sessions
    from {{ ref('session_agreement') }}
),

only_summed as (
    select * from summed
    except
    select * from stored
),

only_stored as (
    select * from stored
    except
    select * from summed
)

select
    format,
    site_id,
    session_date,
    reason
from only_summed
union all
select
    format,
    site_id,
    session_date,
    reason
from only_stored
