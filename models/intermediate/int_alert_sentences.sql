{{ config(materialized='ephemeral') }}

-- One row per alert: in words what is, and what is usual.

with

weekdays as (
    select * from {{ ref('weekdays') }}
),

-- Numbers as they are read: whole ones, and percentages with one digit.
alerts as (
    select
        alerts.alert_date,
        alerts.site_id,
        alerts.alert_rule,
        alerts.dimension_value,
        alerts.amount,
        alerts.usual_amount,
        alerts.share_of,
        weekdays.weekday_name,
        case when alerts.site_id = '(all)' then 'all sites' else alerts.site_id end as site,
        replace(alerts.metric, '_', ' ')
        || case when alerts.dimension = 'all' then '' else ' of ' || alerts.dimension_value end
            as subject,
        case
            when alerts.share_of = alerts.metric then 'all'
            else replace(alerts.share_of, '_', ' ')
        end as whole,
        cast(cast(round(alerts.amount) as bigint) as string) as amount_text,
        cast(cast(round(alerts.usual_amount) as bigint) as string) as usual_text,
        cast(cast(round(
            100 * abs(cast(alerts.amount as double) / nullif(alerts.usual_amount, 0) - 1)
        ) as bigint) as string) as change_text,
        cast(cast(alerts.told_value as decimal(18, 1)) as string) as share_text,
        cast(cast(
            100 * alerts.usual_amount / nullif(alerts.whole_amount, 0) as decimal(18, 1)
        ) as string) as usual_share_text,
        replace(cast(cast(alerts.below as decimal(18, 1)) as string), '.0', '') as below_text,
        replace(cast(cast(alerts.above as decimal(18, 1)) as string), '.0', '') as above_text
    from {{ ref('int_alerts') }} as alerts
    inner join weekdays
        on
            {{ dbt.datediff(
                dbt.date_trunc('week', 'alerts.alert_date'), 'alerts.alert_date', 'day'
            ) }} + 1 = weekdays.weekday_number
),

alert_sentences as (
    select
        alert_date,
        site_id,
        alert_rule,
        dimension_value,
        site || ': '
        || case
            when share_of is not null
                then
                    subject || ' are ' || share_text || '% of ' || whole
                    || coalesce(', usually ' || usual_share_text || '% on a ' || weekday_name, '')
            when amount = 0 and usual_amount > 0
                then 'no ' || subject || ', usually ' || usual_text || ' on a ' || weekday_name
            when usual_amount > 0
                then
                    subject || ' ' || change_text
                    || case when amount < usual_amount then '% below' else '% above' end
                    || ' the usual ' || weekday_name || ' (' || amount_text || ' instead of '
                    || usual_text || ')'
            else subject || ' are ' || amount_text
        end
        || coalesce(
            ', less than ' || below_text || case when share_of is null then '' else '%' end, ''
        )
        || coalesce(
            ', more than ' || above_text || case when share_of is null then '' else '%' end, ''
        ) as sentence
    from alerts
)

select * from alert_sentences
