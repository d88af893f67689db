{{
    config(
        materialized='incremental',
        replace_by=['user_agent'],
        meta={'parses_user_agents': true}
    )
}}

-- One row per user agent: what it says of the device, and whether it is a bot.

with

new_user_agents as (
    select distinct user_agent
    from {{ ref('int_session_days') }}
    where user_agent is not null and batch_id > {{ batch_seen() }}
    except
    select user_agent from {{ stored() }}
),

bot_rules as (
    select * from {{ ref('bot_rules') }}
    where is_active
),

bot_classes as (
    select * from {{ ref('bot_classes') }}
),

device_names as (
    select * from {{ ref('device_names') }}
),

texts_to_parse as (
    select user_agent from new_user_agents
    where {{ part_of_device('user_agent', 1) }} is null
),

parsed_user_agents as (
    {{ parse_user_agents('texts_to_parse') }}

    union all

    -- What a tool says of a device, in its words or ours.
    select
        new_user_agents.user_agent,
        lower(coalesce(device_types.device_name, {{ part_of_device('user_agent', 2) }}))
            as device_type,
        coalesce(browsers.device_name, {{ part_of_device('user_agent', 3) }}) as browser,
        coalesce(systems.device_name, {{ part_of_device('user_agent', 4) }})
            as operating_system,
        cast(null as string) as crawler,
        cast(null as string) as crawler_tag
    from new_user_agents
    left join device_names as device_types
        on
            device_types.attribute = 'device_type'
            and {{ part_of_device('user_agent', 1) }} = device_types.format
            and {{ part_of_device('user_agent', 2) }} = device_types.code
    left join device_names as browsers
        on
            browsers.attribute = 'browser'
            and {{ part_of_device('user_agent', 1) }} = browsers.format
            and {{ part_of_device('user_agent', 3) }} = browsers.code
    left join device_names as systems
        on
            systems.attribute = 'operating_system'
            and {{ part_of_device('user_agent', 1) }} = systems.format
            and {{ part_of_device('user_agent', 4) }} = systems.code
    where {{ part_of_device('user_agent', 1) }} is not null
),

-- The project's own rules come before the crawler list; the first that matches
-- decides.
rule_matches as (
    select
        new_user_agents.user_agent,
        bot_rules.is_bot,
        bot_rules.reason,
        bot_rules.bot_class,
        row_number() over (
            partition by new_user_agents.user_agent order by bot_rules.priority
        ) as match_number
    from new_user_agents
    inner join bot_rules
        on {{ matches('lower(new_user_agents.user_agent)', 'bot_rules.pattern') }}
),

-- What the list recognises is a bot, unless its class is said to be none.
judged_user_agents as (
    select
        parsed_user_agents.user_agent,
        parsed_user_agents.device_type,
        parsed_user_agents.browser,
        parsed_user_agents.operating_system,
        coalesce(
            rule_matches.is_bot,
            parsed_user_agents.crawler is not null and coalesce(bot_classes.is_bot, true)
        ) as is_bot,
        coalesce(rule_matches.reason, 'Crawler list: ' || parsed_user_agents.crawler)
            as bot_reason,
        case
            when rule_matches.is_bot is null then bot_classes.bot_class
            else rule_matches.bot_class
        end as bot_class
    from parsed_user_agents
    left join rule_matches
        on
            parsed_user_agents.user_agent = rule_matches.user_agent
            and rule_matches.match_number = 1
    left join bot_classes
        on parsed_user_agents.crawler_tag = bot_classes.list_tag
),

user_agents as (
    select
        user_agent,
        device_type,
        browser,
        operating_system,
        is_bot,
        case when is_bot then bot_reason end as bot_reason,
        case when is_bot then bot_class end as bot_class,
        cast({{ this_batch() }} as bigint) as batch_id
    from judged_user_agents
)

select * from user_agents
