{{ config(materialized='ephemeral') }}

-- One row per funnel, step and hit that is it, of the persons that a run touches, with
-- the hit's place among those of the types that the funnel is about.
-- depends_on: {{ ref('funnels') }}

with

persons as (
    select distinct person_id from {{ ref('int_funnel_dates') }}
),

rules as (
    select * from {{ ref('funnel_step_rules') }}
),

pages as (
    select
        page_key,
        lower(coalesce(page_host, '') || page_path) as page_text
    from {{ ref('int_pages') }}
),

funnel_types as (
    select distinct
        funnel_id,
        hit_type
    from rules
),

hits as (
    select hits.*
    from {{ ref('int_session_hits') }} as hits
    inner join persons
        on hits.person_id = persons.person_id
    where
        {{ funnel_dates('hits.active_date') }}
        and hits.hit_type in (select funnel_types.hit_type from funnel_types)
),

-- A pattern is looked for once in each page.
page_steps as (
    select
        rules.funnel_id,
        rules.step_number,
        pages.page_key
    from rules
    inner join pages
        on {{ matches('pages.page_text', 'rules.page_pattern') }}
    where pages.page_key in (select hits.page_key from hits)
),

-- Who never takes the first step of a funnel takes none.
entrants as (
    select distinct
        rules.funnel_id,
        hits.person_id
    from hits
    inner join rules
        on
            hits.hit_type = rules.hit_type
            and (rules.hit_name is null or hits.hit_name = rules.hit_name)
    left join page_steps
        on
            rules.funnel_id = page_steps.funnel_id
            and rules.step_number = page_steps.step_number
            and hits.page_key = page_steps.page_key
    where
        rules.step_number = 1
        and (rules.page_pattern is null or page_steps.page_key is not null)
),

places as (
    select
        funnel_types.funnel_id,
        hits.person_id,
        hits.site_id,
        hits.hit_type,
        hits.hit_name,
        hits.page_key,
        hits.active_date,
        hits.event_at,
        row_number() over (
            partition by funnel_types.funnel_id, hits.person_id
            order by hits.event_at, hits.hit_id, hits.session_id, hits.hit_number
        ) as place
    from hits
    inner join entrants
        on hits.person_id = entrants.person_id
    inner join funnel_types
        on
            entrants.funnel_id = funnel_types.funnel_id
            and hits.hit_type = funnel_types.hit_type
),

points as (
    select
        places.funnel_id,
        places.person_id,
        places.site_id,
        places.active_date,
        places.event_at,
        places.place,
        rules.step_number
    from places
    inner join rules
        on
            places.funnel_id = rules.funnel_id
            and places.hit_type = rules.hit_type
            and (rules.hit_name is null or places.hit_name = rules.hit_name)
    left join page_steps
        on
            rules.funnel_id = page_steps.funnel_id
            and rules.step_number = page_steps.step_number
            and places.page_key = page_steps.page_key
    where rules.page_pattern is null or page_steps.page_key is not null
)

select * from points
