{{ config(materialized='ephemeral') }}

-- One row per active rule, site (or all sites), value of its dimension and date that it looks at
-- or takes for usual.

with

rules as (
    select * from {{ ref('alert_rules') }}
    where is_active
),

figures as (
    select * from {{ ref('int_daily_figures') }}
),

watched_cells as (
    select distinct
        rules.alert_rule,
        rules.metric,
        rules.share_of,
        rules.dimension,
        figures.dimension_value,
        figures.site_id,
        case when rules.share_of = rules.metric then 'all' else rules.dimension end
            as whole_dimension,
        case when rules.share_of = rules.metric then 'all' else figures.dimension_value end
            as whole_dimension_value
    from rules
    inner join figures
        on
            rules.metric = figures.metric
            and rules.dimension = figures.dimension
            and (
                rules.dimension_value is null
                or rules.dimension_value = figures.dimension_value
            )
            and (
                rules.site_id = figures.site_id
                or (rules.site_id is null and figures.site_id <> '(all)')
            )
),

-- Dates without a figure have 0: a silence is what some rules look for.
watched_amounts as (
    select
        watched_cells.alert_rule,
        watched_cells.metric,
        watched_cells.share_of,
        watched_cells.dimension,
        watched_cells.dimension_value,
        watched_cells.site_id,
        watched_dates.watched_date,
        watched_dates.is_alert_date,
        watched_dates.is_latest,
        watched_dates.is_usual,
        coalesce(figures.amount, 0) as amount,
        case when watched_cells.share_of is not null then coalesce(wholes.amount, 0) end
            as whole_amount
    from watched_cells
    inner join {{ ref('int_watched_dates') }} as watched_dates
        on watched_cells.site_id = watched_dates.site_id
    left join figures
        on
            watched_cells.site_id = figures.site_id
            and watched_cells.metric = figures.metric
            and watched_cells.dimension = figures.dimension
            and watched_cells.dimension_value = figures.dimension_value
            and watched_dates.watched_date = figures.figure_date
    left join figures as wholes
        on
            watched_cells.site_id = wholes.site_id
            and watched_cells.share_of = wholes.metric
            and watched_cells.whole_dimension = wholes.dimension
            and watched_cells.whole_dimension_value = wholes.dimension_value
            and watched_dates.watched_date = wholes.figure_date
)

select * from watched_amounts
