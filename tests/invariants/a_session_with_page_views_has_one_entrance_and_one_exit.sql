-- Entrances and exits are flags of page views: a session whose last page view moved must
-- not keep the flag of the one before.

with

flags as (
    select
        session_id,
        count(case when is_entrance then 1 end) as entrances,
        count(case when is_exit then 1 end) as exits
    from {{ ref('page_views') }}
    group by 1
)

select
    sessions.session_id,
    flags.entrances,
    flags.exits
from {{ ref('sessions') }} as sessions
inner join flags
    on sessions.session_id = flags.session_id
where flags.entrances != 1 or flags.exits != 1
