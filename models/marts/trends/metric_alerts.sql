-- One row per date, site (or all sites), rule and value of its dimension that the rule matches.

with

alerts as (
    select * from {{ ref('int_alerts') }}
),

alert_dates as (
    select distinct
        alert_date,
        site_id
    from alerts
),

annotated_dates as (
    select
        alert_dates.alert_date,
        alert_dates.site_id,
        {{ sorted_texts('annotations.annotation', '; ') }} as annotations
    from alert_dates
    inner join {{ ref('annotations') }} as annotations
        on
            alert_dates.alert_date >= annotations.first_date
            and alert_dates.alert_date <= coalesce(annotations.last_date, annotations.first_date)
            and (
                annotations.site_id is null
                or alert_dates.site_id in (annotations.site_id, '(all)')
            )
    group by 1, 2
),

causes as (
    select
        alert_date,
        site_id,
        alert_rule,
        concat_ws(', ', channel, country, device) as mostly
    from {{ ref('int_alert_causes') }}
),

metric_alerts as (
    select
        alerts.alert_date,
        alerts.site_id,
        alerts.alert_rule,
        alerts.metric,
        alerts.share_of,
        alerts.dimension,
        alerts.dimension_value,
        alerts.amount,
        alerts.whole_amount,
        cast(alerts.usual_amount as decimal(18, 4)) as usual_amount,
        cast(alerts.deviations as decimal(18, 2)) as deviations,
        alerts.is_latest,
        alert_sentences.sentence
        || coalesce('; mostly ' || causes.mostly, '')
        || coalesce('. Noted: ' || annotated_dates.annotations, '') as sentence,
        annotated_dates.annotations
    from alerts
    inner join {{ ref('int_alert_sentences') }} as alert_sentences
        on
            alerts.alert_date = alert_sentences.alert_date
            and alerts.site_id = alert_sentences.site_id
            and alerts.alert_rule = alert_sentences.alert_rule
            and alerts.dimension_value = alert_sentences.dimension_value
    left join causes
        on
            alerts.alert_date = causes.alert_date
            and alerts.site_id = causes.site_id
            and alerts.alert_rule = causes.alert_rule
    left join annotated_dates
        on
            alerts.alert_date = annotated_dates.alert_date
            and alerts.site_id = annotated_dates.site_id
)

select * from metric_alerts
