{{ config(materialized='ephemeral') }}

-- One row per funnel, hit with which a person enters it, and step that the person reaches
-- from there by always taking the first hit that is the next step.

with

links as (
    select * from {{ ref('int_funnel_links') }}
),

first_steps as (
    select
        funnel_id,
        person_id,
        place as entry_place,
        1 as step_number,
        place
    from {{ ref('int_funnel_points') }}
    where step_number = 1
),

second_steps as (
    select
        first_steps.funnel_id,
        first_steps.person_id,
        first_steps.entry_place,
        2 as step_number,
        links.next_place as place
    from first_steps
    inner join links
        on
            first_steps.funnel_id = links.funnel_id
            and first_steps.person_id = links.person_id
            and first_steps.place = links.place
            and links.step_number = 1
),

third_steps as (
    select
        second_steps.funnel_id,
        second_steps.person_id,
        second_steps.entry_place,
        3 as step_number,
        links.next_place as place
    from second_steps
    inner join links
        on
            second_steps.funnel_id = links.funnel_id
            and second_steps.person_id = links.person_id
            and second_steps.place = links.place
            and links.step_number = 2
),

fourth_steps as (
    select
        third_steps.funnel_id,
        third_steps.person_id,
        third_steps.entry_place,
        4 as step_number,
        links.next_place as place
    from third_steps
    inner join links
        on
            third_steps.funnel_id = links.funnel_id
            and third_steps.person_id = links.person_id
            and third_steps.place = links.place
            and links.step_number = 3
),

fifth_steps as (
    select
        fourth_steps.funnel_id,
        fourth_steps.person_id,
        fourth_steps.entry_place,
        5 as step_number,
        links.next_place as place
    from fourth_steps
    inner join links
        on
            fourth_steps.funnel_id = links.funnel_id
            and fourth_steps.person_id = links.person_id
            and fourth_steps.place = links.place
            and links.step_number = 4
),

sixth_steps as (
    select
        fifth_steps.funnel_id,
        fifth_steps.person_id,
        fifth_steps.entry_place,
        6 as step_number,
        links.next_place as place
    from fifth_steps
    inner join links
        on
            fifth_steps.funnel_id = links.funnel_id
            and fifth_steps.person_id = links.person_id
            and fifth_steps.place = links.place
            and links.step_number = 5
),

attempts as (
    select * from first_steps
    union all
    select * from second_steps
    union all
    select * from third_steps
    union all
    select * from fourth_steps
    union all
    select * from fifth_steps
    union all
    select * from sixth_steps
)

select * from attempts
