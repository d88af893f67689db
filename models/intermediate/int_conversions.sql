{{
    config(
        materialized='incremental',
        replace_by=['session_id'],
        gone_when='goal_id is null',
        bounded_by='session_date'
    )
}}

-- One row per goal, session, and hit or whole session that the goal counts there.

with

conversions as (
    select
        *,
        '{{ var("reporting_currency") }}' as reporting_currency
    from {{ ref('int_new_conversions') }}
),

exchange_rates as (
    select
        currency,
        rate,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(
            lead(valid_from) over (partition by currency order by valid_from nulls first),
            date '9999-12-31'
        ) as valid_until
    from {{ ref('exchange_rates') }}
),

valued_conversions as (
    select
        conversions.*,
        cast(
            case
                when coalesce(conversions.currency, '') in ('', conversions.reporting_currency)
                    then conversions.value
                when conversions.reporting_currency = '' then conversions.value
                else conversions.value * exchange_rates.rate
            end as decimal(18, 4)
        ) as reporting_value
    from conversions
    left join exchange_rates
        on
            conversions.currency = exchange_rates.currency
            and conversions.conversion_date >= exchange_rates.valid_from
            and conversions.conversion_date < exchange_rates.valid_until
),

-- A session that was replaced and has no conversion any more has a row that says no
-- more than that.
gone_sessions as (
    select distinct
        replaced_days.session_id,
        replaced_days.session_date
    from {{ replaced(ref('int_session_days')) }} as replaced_days
    left join conversions
        on
            replaced_days.session_id = conversions.session_id
            and replaced_days.session_date = conversions.session_date
    where
        replaced_days.replaced_batch_id > {{ batch_seen() }}
        and conversions.session_id is null
),

all_conversions as (
    select
        session_id,
        session_date,
        goal_id,
        hit_id,
        format,
        page_url,
        counted_per,
        value,
        currency,
        reporting_value,
        case when is_revenue then reporting_value end as revenue,
        conversion_date,
        converted_at
    from valued_conversions

    union all

    select
        session_id,
        session_date,
        null as goal_id,
        null as hit_id,
        null as format,
        null as page_url,
        null as counted_per,
        null as value,
        null as currency,
        null as reporting_value,
        null as revenue,
        null as conversion_date,
        null as converted_at
    from gone_sessions
)

select * from all_conversions
