{{
    config(
        materialized='incremental',
        replace_by=['session_id', 'active_date'],
        gone_when='segment_id is null',
        bounded_by='active_date'
    )
}}

-- One row per step of a segment's condition and session day with hits that are it; per
-- hit where the segment is one of hits, or the condition has two steps. A run renews the
-- session days of which it renewed hits.

with

segments as (
    select * from {{ ref('segments') }}
),

steps as (
    select
        conditions.*,
        segments.scope = 'hit'
        or count(*) over (
            partition by conditions.segment_id, conditions.condition_number
        ) > 1 as is_told_by_hit
    from {{ ref('segment_conditions') }} as conditions
    inner join segments
        on conditions.segment_id = segments.segment_id
),

pages as (
    select
        page_key,
        lower(coalesce(page_host, '') || page_path) as page_text
    from {{ ref('int_pages') }}
    where
        page_key in (
            select hits.page_key from {{ ref('int_session_hits') }} as hits
            where hits.batch_id > {{ batch_seen() }} and {{ renewed_dates('hits.active_date') }}
        )
),

-- A pattern is looked for once in each page.
page_steps as (
    select
        steps.segment_id,
        steps.condition_number,
        steps.step_number,
        pages.page_key
    from steps
    inner join pages
        on {{ matches('pages.page_text', 'steps.page_pattern') }}
),

step_hits as (
    select
        steps.segment_id,
        steps.condition_number,
        steps.step_number,
        hits.session_id,
        hits.active_date,
        case when steps.is_told_by_hit then hits.hit_number end as hit_number,
        case when steps.is_told_by_hit then hits.hit_id end as hit_id,
        case when steps.is_told_by_hit then hits.event_at end as event_at,
        case when steps.is_told_by_hit then hits.hit_type = 'page_view' end as is_page_view
    from {{ ref('int_session_hits') }} as hits
    inner join steps
        on
            hits.hit_type = steps.hit_type
            and (steps.hit_name is null or hits.hit_name = steps.hit_name)
            and (steps.minimum_value is null or hits.value >= steps.minimum_value)
    left join page_steps
        on
            steps.segment_id = page_steps.segment_id
            and steps.condition_number = page_steps.condition_number
            and steps.step_number = page_steps.step_number
            and hits.page_key = page_steps.page_key
    where
        hits.batch_id > {{ batch_seen() }}
        and {{ renewed_dates('hits.active_date') }}
        and (steps.page_pattern is null or page_steps.page_key is not null)
),

segment_hits as (
    select
        segment_id,
        condition_number,
        step_number,
        session_id,
        active_date,
        hit_number,
        hit_id,
        event_at,
        is_page_view,
        count(*) as hits,
        cast({{ this_batch() }} as bigint) as batch_id
    from step_hits
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9

    union all

    -- A day that was replaced has a row that says no more than that.
    select distinct
        cast(null as {{ dbt.type_string() }}) as segment_id,
        cast(null as integer) as condition_number,
        cast(null as integer) as step_number,
        session_id,
        active_date,
        cast(null as bigint) as hit_number,
        cast(null as {{ dbt.type_string() }}) as hit_id,
        cast(null as timestamp) as event_at,
        cast(null as boolean) as is_page_view,
        cast(null as bigint) as hits,
        cast(null as bigint) as batch_id
    from {{ replaced(ref('int_session_hits')) }}
    where replaced_batch_id > {{ batch_seen() }}
)

select * from segment_hits
