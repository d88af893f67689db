-- The core marts from files of plain hits, in the fastest way known: the yardstick of
-- the full build. It takes the hits for sound (ids and times are there), knows one
-- timeout and time zones of whole and half hours, and does nothing incrementally.
--
-- The view `hits` (made by floor.py) adds to the columns of the files: row_id,
-- us (event_at in microseconds), hit_key, visitor_hash and visitor_key (visitor and
-- site) as 64-bit hashes, is_conversion, and a user_id without placeholders.

-- step: suspects
-- Sorting bare integers and looking at the neighbour costs less than grouping them.
create temp table suspects as
select distinct hit_key
from (select hit_key, lag(hit_key) over (order by hit_key) as previous_key from hits)
where hit_key = previous_key;

-- step: repeats
create temp table repeats as
select row_id
from (
    select row_id, row_number() over (
        partition by hit_id order by loaded_at, event_at, row_id
    ) as copy
    from hits semi join suspects using (hit_key)
)
where copy > 1;

-- step: bins
-- Two hits of a visitor in one half hour share a session, and a date: 10 million
-- hits are 1.8 million bins. Times stand for the hits that bear them.
create temp table bins as
select
    visitor_key,
    us // 1800000000 as bin,
    min(us) as first_us,
    max(us) as last_us,
    count(*) as hits,
    count(*) filter (hit_type = 'page_view') as page_views,
    count(*) filter (hit_type = 'click') as clicks,
    count(*) filter (hit_type = 'form_submission') as form_submissions,
    count(*) filter (is_conversion) as conversions,
    sum(value) filter (hit_type = 'purchase') as revenue,
    min(us) filter (hit_type = 'page_view') as landing_us,
    max(us) filter (hit_type = 'page_view') as exit_us,
    max(us) filter (user_id is not null) as sign_in_us
from hits anti join repeats using (row_id)
group by 1, 2;

-- step: visits
-- Only visitors with several bins need the windows.
create temp table visits as
with several as (
    select visitor_key from bins group by 1 having count(*) > 1
),
gaps as (
    select *, case when first_us - lag(last_us) over (
        partition by visitor_key order by bin
    ) <= 1800000000 then 0 else 1 end as starts_visit
    from bins semi join several using (visitor_key)
),
numbered as (
    select *, sum(starts_visit) over (
        partition by visitor_key order by bin rows unbounded preceding
    ) as visit
    from gaps
)
select
    visitor_key,
    min(first_us) as first_us,
    max(last_us) as last_us,
    sum(hits)::bigint as hits,
    sum(page_views)::bigint as page_views,
    sum(clicks)::bigint as clicks,
    sum(form_submissions)::bigint as form_submissions,
    sum(conversions)::bigint as conversions,
    coalesce(sum(revenue), 0)::decimal(18, 4) as revenue,
    min(landing_us) as landing_us,
    max(exit_us) as exit_us,
    max(sign_in_us) as sign_in_us
from numbered
group by visitor_key, visit
union all
select * exclude (bin) replace (coalesce(revenue, 0)::decimal(18, 4) as revenue)
from bins anti join several using (visitor_key);

-- step: first_hits
-- The other columns are read for the first hits only.
create temp table first_hits as
select
    visits.*, hit_id, visitor_hash, visitor_id, site_id, page_url, referrer_url,
    country_code, language, hash(user_agent) as agent_key, user_agent,
    utm_source, utm_medium, utm_campaign,
    hash(
        case when contains(page_url, '?') then page_url else split_part(page_url, '/', 3) end,
        site_id, referrer_url, utm_source, utm_medium, utm_campaign
    ) as source_key
from hits
join visits on hits.visitor_key = visits.visitor_key and us = first_us
anti join repeats using (row_id);

-- step: ties
-- Of hits of one visitor at the same microsecond, the order is that of their ids.
create temp table tied_firsts as
select visitor_key, first_us as us from first_hits group by all having count(*) > 1;

delete from first_hits where rowid in (
    select session from (
        select first_hits.rowid as session, row_number() over (
            partition by us, tied_firsts.visitor_key order by hit_id
        ) as place
        from first_hits
        join tied_firsts on tied_firsts.visitor_key = first_hits.visitor_key and us = first_us
    )
    where place > 1
);

-- step: marked
-- Landing and exit pages other than the first hit's, and sign-ins.
create temp table marks as
select visitor_key, us, bool_or(is_landing) as is_landing, bool_or(is_exit) as is_exit
from (
    select visitor_key, landing_us as us, true as is_landing, false as is_exit
    from visits where landing_us != first_us
    union all
    select visitor_key, exit_us, false, true from visits where exit_us != first_us
    union all
    select visitor_key, sign_in_us, false, false from visits where sign_in_us is not null
    union all
    select visitor_key, us, true, true from tied_firsts
)
group by 1, 2;

create temp table marked_rows as
select
    hits.visitor_key, hits.us, row_id, visitor_hash, is_landing, is_exit,
    hit_type = 'page_view' as is_page_view, page_url, user_id
from hits join marks using (visitor_key, us)
anti join repeats using (row_id);

create temp table tied_ids as
select row_id, hit_id
from hits
semi join (
    select row_id from marked_rows
    semi join (
        select visitor_hash, us from marked_rows group by all having count(*) > 1
    ) using (visitor_hash, us)
) using (row_id);

create temp table marked as
select visitor_key, us, is_landing, is_exit,
    page_url as landing_page_url, page_url as exit_page_url, user_id
from marked_rows anti join tied_ids using (row_id)
union all
select
    visitor_key, us, bool_or(is_landing), bool_or(is_exit),
    arg_min_null(page_url, hit_id) filter (is_page_view),
    arg_max_null(page_url, hit_id) filter (is_page_view),
    arg_max(user_id, hit_id)
from marked_rows join tied_ids using (row_id)
group by 1, 2;

create temp view landings as select * from marked where is_landing;
create temp view exits as select * from marked where is_exit;
create temp view sign_ins as select * from marked where user_id is not null;

create temp table visitor_users as
select visitor_hash, arg_max(user_id, (us, coalesce(hit_id, ''))) as user_id
from marked_rows left join tied_ids using (row_id)
where user_id is not null
group by 1;

-- step: rules
-- Once per distinct origin and per distinct user agent.
create temp table all_origins as
with combinations as (
    select
        source_key,
        any_value(site_id) as site_id,
        any_value(page_url) as page_url,
        any_value(case when contains(page_url, '?') then page_url end) as query_url,
        any_value(referrer_url) as referrer_url,
        any_value(utm_source) as utm_source,
        any_value(utm_medium) as utm_medium,
        any_value(utm_campaign) as utm_campaign
    from first_hits group by 1
),
tagged as (
    select
        *,
        lower(coalesce(utm_source, url_parameter(query_url, 'utm_source'))) as tagged_source,
        lower(coalesce(utm_medium, url_parameter(query_url, 'utm_medium'))) as tagged_medium,
        coalesce(utm_campaign, url_parameter(query_url, 'utm_campaign')) as campaign,
        url_host(page_url) as page_host,
        url_host(referrer_url) as referrer_host
    from combinations
),
clicked as (
    select
        source_key,
        min_by(click_ids.source, click_ids.parameter) as source,
        min_by(click_ids.medium, click_ids.parameter) as medium
    from tagged
    join click_ids on regexp_matches(query_url, '[?&]' || click_ids.parameter || '=')
    group by 1
),
referred as (
    select
        source_key,
        coalesce(sources.source, referrer_host) as source,
        case category when 'search' then 'organic' when 'ai_assistant' then 'ai-assistant'
            else 'referral' end as medium
    from tagged
    left join sources on referrer_host = source_host
    where referrer_host is not null and referrer_host != coalesce(page_host, '')
        and referrer_host not in (select referrer_host from unwanted_referrers)
        and (referrer_host, site_id) not in (select (host, site_id) from site_hosts)
),
sourced as (
    select
        tagged.source_key,
        case when coalesce(tagged_source, tagged_medium, campaign) is not null
            then coalesce(tagged_source, '(not set)')
            else coalesce(clicked.source, referred.source, '(direct)') end as source,
        case when coalesce(tagged_source, tagged_medium, campaign) is not null
            then coalesce(tagged_medium, '(not set)')
            else coalesce(clicked.medium, referred.medium, '(none)') end as medium,
        campaign
    from tagged left join clicked using (source_key) left join referred using (source_key)
),
distinct_sources as (
    select *, row_number() over () as source_id
    from (select distinct source, medium, campaign from sourced)
),
channels as (
    select source_id, coalesce(arg_min(channel, priority), 'Unassigned') as channel
    from distinct_sources
    left join source_categories using (source)
    left join channel_rules on
        (source_category is null or source_category = category)
        and (source_pattern is null or regexp_matches(source, source_pattern))
        and (medium_pattern is null or regexp_matches(medium, medium_pattern))
        and (campaign_pattern is null
            or regexp_matches(coalesce(lower(campaign), ''), campaign_pattern))
    group by 1
)
select source_key, source_id, channel, sourced.source, sourced.medium, sourced.campaign
from sourced
join distinct_sources on sourced.source = distinct_sources.source
    and sourced.medium = distinct_sources.medium
    and sourced.campaign is not distinct from distinct_sources.campaign
join channels using (source_id);

create temp table all_agents as
with parsed as (
    select agent_key, user_agent, parse_user_agent(user_agent) as parsed
    from (select agent_key, any_value(user_agent) as user_agent from first_hits group by 1)
),
rules as (
    select agent_key, arg_min(is_bot, priority) as is_bot, arg_min(reason, priority) as reason
    from parsed join bot_rules on regexp_matches(lower(user_agent), pattern)
    group by 1
)
select
    agent_key,
    parsed.device_type, parsed.browser, parsed.operating_system,
    coalesce(is_bot, parsed.crawler is not null) as is_bot,
    case when is_bot then reason
        when is_bot is null then 'Crawler list: ' || parsed.crawler end as bot_reason
from parsed left join rules using (agent_key);

-- What users are counted by, as small numbers. A cell is a site (0 for all) and a
-- dimension's value.
create temp table dimension_values as
select (row_number() over ()) - 1 as value_id, dimension, dimension_value
from (
    select 'all' as dimension, 'all' as dimension_value
    union all select distinct 'channel', channel from all_origins
    union all select distinct 'country', coalesce(country_code, '(not set)') from first_hits
    union all select distinct 'device', coalesce(device_type, '(not set)')
        from all_agents
);

create temp table origins as
select all_origins.*, value_id::usmallint as channel_value
from all_origins
join dimension_values on dimension = 'channel' and channel = dimension_value;

create temp table agents as
select all_agents.*, value_id::usmallint as device_value
from all_agents
join dimension_values
    on dimension = 'device' and coalesce(device_type, '(not set)') = dimension_value;

create temp table countries as
select dimension_value as country, value_id::usmallint as country_value
from dimension_values where dimension = 'country';

create temp table site_numbers as
select row_number() over () as site_number, site_id from (select distinct site_id from first_hits);

-- Dates in the sites' time zones, once per half hour.
create temp table calendar as
select
    site_id, bin,
    timezone(coalesce(time_zone, 'UTC'), make_timestamp(bin * 1800000000) at time zone 'UTC')::date
        as local_date
from (
    select range as bin
    from range(
        (select min(first_us) // 1800000000 from visits),
        (select max(last_us) // 1800000000 + 1 from visits)
    )
)
cross join site_numbers
left join sites using (site_id);

-- step: facts
-- All that is known of a session but its number among those of its person.
create temp table facts as
select
    hit_id as session_id,
    first_hits.site_id,
    site_number::usmallint as site_number,
    visitor_id,
    first_hits.visitor_hash,
    first_hits.visitor_key,
    sign_ins.user_id,
    coalesce(sign_ins.user_id, visitor_users.user_id, visitor_id) as person_id,
    -- The hash of null is not null.
    case
        when sign_ins.user_id is not null then hash(sign_ins.user_id)
        when visitor_users.user_id is not null then hash(visitor_users.user_id)
        else first_hits.visitor_hash
    end as person_key,
    coalesce(sign_ins.user_id, visitor_users.user_id) is not null as is_identified,
    case when landings.us is not null then landings.landing_page_url
        when landing_us = first_us then page_url end as landing_page_url,
    case when exits.us is not null then exits.exit_page_url
        when exit_us = first_us then page_url end as exit_page_url,
    referrer_url,
    source_id, channel, source, medium, campaign, channel_value,
    country_code, country_value, language,
    device_type, device_value, browser, operating_system, bot_reason,
    coalesce(is_bot, false) as is_bot,
    hits, page_views, clicks, form_submissions, conversions, revenue,
    page_views >= 2 or conversions > 0 or last_us - first_us > 10000000 as is_engaged,
    starts.local_date as session_date,
    ends.local_date as last_active_date,
    first_us,
    last_us
from first_hits
join site_numbers on first_hits.site_id = site_numbers.site_id
join calendar as starts
    on first_hits.site_id = starts.site_id and first_us // 1800000000 = starts.bin
join calendar as ends
    on first_hits.site_id = ends.site_id and last_us // 1800000000 = ends.bin
join origins on first_hits.source_key = origins.source_key
join agents on first_hits.agent_key = agents.agent_key
join countries on coalesce(country_code, '(not set)') = countries.country
left join sign_ins
    on first_hits.visitor_key = sign_ins.visitor_key and sign_in_us = sign_ins.us
left join landings
    on first_hits.visitor_key = landings.visitor_key and landing_us = landings.us
left join exits
    on first_hits.visitor_key = exits.visitor_key and exit_us = exits.us
left join visitor_users on first_hits.visitor_hash = visitor_users.visitor_hash;

drop table first_hits;
drop table marked cascade;

-- step: numbers
-- Of the persons with several sessions; the others' are first and last.
create temp table numbers as
with several as (
    select person_key, is_bot from facts group by all having count(*) > 1
)
select
    facts.rowid as session,
    row_number() over (partition by person_key, is_bot order by first_us, session_id)
        as session_number
from facts semi join several using (person_key, is_bot);

-- step: sessions
create table out.sessions as
select
    session_id, site_id, visitor_id, user_id, person_id,
    coalesce(session_number, 1) as session_number,
    landing_page_url, exit_page_url, referrer_url,
    channel, source, medium, campaign, country_code, language,
    device_type, browser, operating_system, bot_reason,
    case when hits > 1
        then ((last_us - first_us)::decimal(18, 0) * 0.000001)::decimal(18, 6)
    end as duration_seconds,
    hits, page_views, clicks, form_submissions, conversions, revenue,
    is_engaged, not is_engaged as is_bounce,
    page_views = 1 as is_single_page, hits = 1 as is_single_hit,
    coalesce(session_number, 1) = 1 as is_new_person,
    is_bot,
    session_date, last_active_date,
    make_timestamp(first_us) as started_at, make_timestamp(last_us) as ended_at
from facts left join numbers on facts.rowid = numbers.session;

-- step: daily_sessions
create table out.daily_sessions as
with counts as (
    select
        session_date, site_number, source_id, country_value, device_value,
        any_value(channel) as channel, any_value(source) as source,
        any_value(medium) as medium, any_value(campaign) as campaign,
        any_value(country_code) as country_code, any_value(device_type) as device_type,
        any_value(site_id) as site_id,
        count(*) as sessions,
        count(*) filter (is_engaged) as engaged_sessions,
        count(*) filter (page_views = 1) as single_page_sessions,
        count(*) filter (hits = 1) as single_hit_sessions,
        count(*) filter (coalesce(session_number, 1) = 1) as new_person_sessions,
        sum(last_us - first_us) as duration_us,
        sum(hits)::bigint as hits,
        sum(page_views)::bigint as page_views,
        sum(conversions)::bigint as conversions,
        sum(revenue)::decimal(18, 4) as revenue
    from facts left join numbers on facts.rowid = numbers.session
    where not is_bot
    group by 1, 2, 3, 4, 5
)
select
    session_date, site_id, channel, source, medium, campaign, country_code, device_type,
    sessions, engaged_sessions, sessions - engaged_sessions as bounces,
    single_page_sessions, single_hit_sessions, new_person_sessions,
    sessions - single_hit_sessions as measured_sessions,
    (duration_us::decimal(18, 0) * 0.000001)::decimal(18, 6) as duration_seconds,
    hits, page_views, conversions, revenue
from counts;

-- step: person_days
-- Most persons have one session, on one date: they need no grouping below.
create temp table simple_sessions as
select rowid as session from facts
where not is_bot and session_date = last_active_date
    and rowid not in (select session from numbers);

create temp table visit_days as
with late_visits as (
    select rowid as session, visitor_key, site_id, first_us, last_us from facts
    where session_date != last_active_date and not is_bot
)
select session, local_date as active_date, sum(bins.hits)::bigint as hits,
    sum(bins.page_views)::bigint as page_views
from bins
join late_visits on late_visits.visitor_key = bins.visitor_key
    and bins.first_us between late_visits.first_us and late_visits.last_us
join calendar on late_visits.site_id = calendar.site_id and bins.bin = calendar.bin
group by 1, 2;

create temp table person_days as
select person_key, site_number, session_date as active_date, channel_value, country_value,
    device_value, hits, page_views, 1 as sessions
from facts join numbers on facts.rowid = numbers.session
where not is_bot and session_date = last_active_date
union all
select person_key, site_number, active_date, channel_value, country_value, device_value,
    visit_days.hits, visit_days.page_views,
    case when active_date = session_date then 1 else 0 end
from facts join visit_days on facts.rowid = visit_days.session;

create temp table persons as
with first_sessions as (
    select person_key, person_id, session_date
    from facts left join numbers on facts.rowid = numbers.session
    where not is_bot and coalesce(session_number, 1) = 1
        and (session_number is not null or session_date != last_active_date)
),
first_dates as (
    select person_key, min(active_date) as first_date from person_days group by 1
)
select person_key, person_id, first_date
from first_sessions join first_dates using (person_key);

-- step: user_days
create temp table person_site_days as
select
    person_key, site_number, active_date,
    sum(hits)::bigint as hits, sum(page_views)::bigint as page_views,
    sum(sessions)::bigint as sessions
from person_days group by 1, 2, 3;

create table out.user_days as
select
    person_id, site_id, session_date as active_date, hits, page_views,
    1::bigint as sessions, true as is_new
from facts semi join simple_sessions on facts.rowid = simple_sessions.session
union all
select
    person_id, site_id, active_date, hits, page_views, sessions, active_date <= first_date
from person_site_days
join persons using (person_key)
join site_numbers using (site_number);

-- step: users
create temp table person_totals as
select
    person_key, count(*) as sessions, sum(hits)::bigint as hits,
    sum(page_views)::bigint as page_views, sum(conversions)::bigint as conversions,
    sum(revenue)::decimal(18, 4) as revenue, max(last_us) as last_us,
    min(visitor_hash) as first_visitor, max(visitor_hash) as last_visitor
from facts join numbers on facts.rowid = numbers.session
where not is_bot group by 1;

create temp table person_visitors as
select person_key, count(distinct visitor_hash) as visitors
from facts semi join (
    select person_key from person_totals where first_visitor != last_visitor
) using (person_key)
where not is_bot group by 1;

create temp table active_days as
select person_key, count(*) as active_days
from (select distinct person_key, active_date from person_site_days) group by 1;

create table out.users as
select
    person_id, channel, source, medium, campaign,
    coalesce(person_totals.sessions, 1) as sessions,
    coalesce(person_totals.hits, facts.hits) as hits,
    coalesce(person_totals.page_views, facts.page_views) as page_views,
    coalesce(person_totals.conversions, facts.conversions) as conversions,
    coalesce(person_totals.revenue, facts.revenue) as revenue,
    coalesce(active_days, 1) as active_days,
    coalesce(visitors, 1) as visitors,
    is_identified,
    make_timestamp(facts.first_us) as first_seen_at,
    make_timestamp(coalesce(person_totals.last_us, facts.last_us)) as last_seen_at
from facts
left join numbers on facts.rowid = numbers.session
left join person_totals on facts.person_key = person_totals.person_key
left join active_days on facts.person_key = active_days.person_key
left join person_visitors on facts.person_key = person_visitors.person_key
where not is_bot and coalesce(session_number, 1) = 1;

-- step: cell_days
-- One row per person, cell and active date, with the active dates around it; the
-- persons with one session on one date by the number.
create temp table cell_days as
with sizes as (select count(*) as size from dimension_values),
exploded_days as (
    select
        person_key,
        (case when kind >= 4 then site_number * size else 0 end
        + case kind % 4 when 0 then 0 when 1 then channel_value when 2 then country_value
            else device_value end)::integer as cell,
        active_date, sessions, first_date
    from person_days join persons using (person_key)
    cross join range(8) as kinds(kind) cross join sizes
),
grouped_days as (
    select person_key, cell, active_date, max(first_date) as first_date,
        sum(sessions)::integer as sessions
    from exploded_days
    group by 1, 2, 3
),
simple_days as (
    select site_number, session_date, channel_value, country_value, device_value,
        count(*) as persons
    from facts semi join simple_sessions on facts.rowid = simple_sessions.session
    group by all
)
select
    cell, active_date, week_of(active_date) as week, month_of(active_date) as month,
    active_date = first_date as is_new,
    week_of(active_date) = week_of(first_date) as is_new_week,
    month_of(active_date) = month_of(first_date) as is_new_month,
    sessions,
    1::bigint as persons,
    lag(active_date) over around as previous_date,
    lead(active_date) over around as next_date
from grouped_days
window around as (partition by person_key, cell order by active_date)
union all
select
    (case when kind >= 4 then site_number * size else 0 end
    + case kind % 4 when 0 then 0 when 1 then channel_value when 2 then country_value
        else device_value end)::integer,
    session_date, week_of(session_date),
    month_of(session_date),
    true, true, true, persons, persons, null, null
from simple_days cross join range(8) as kinds(kind) cross join sizes;

-- step: user_periods
create temp table cells as
select
    site_number * (select count(*) from dimension_values) + value_id as cell,
    site_id, dimension, dimension_value
from (select 0 as site_number, '(all)' as site_id union all from site_numbers)
cross join dimension_values;

create table out.weekly_users as
with counts as (
    select
        week, cell,
        sum(persons) filter (previous_date is null or previous_date < week)::bigint as users,
        sum(persons) filter (is_new_week and (previous_date is null or previous_date < week))
            ::bigint as new_users,
        sum(sessions)::bigint as sessions
    from cell_days group by 1, 2
)
select week as period_start, site_id, dimension, dimension_value, users,
    coalesce(new_users, 0) as new_users, users - coalesce(new_users, 0) as returning_users,
    sessions
from counts join cells using (cell);

create table out.monthly_users as
with counts as (
    select
        month, cell,
        sum(persons) filter (previous_date is null or previous_date < month)::bigint as users,
        sum(persons) filter (is_new_month and (previous_date is null or previous_date < month))
            ::bigint as new_users,
        sum(sessions)::bigint as sessions
    from cell_days group by 1, 2
)
select month as period_start, site_id, dimension, dimension_value, users,
    coalesce(new_users, 0) as new_users, users - coalesce(new_users, 0) as returning_users,
    sessions
from counts join cells using (cell);

-- Each active day counts for 7 (28) days or until the next one; on every date, the
-- running sum of what opens and closes.
create table out.daily_users as
with changes as (
    select active_date as day, cell, sum(persons) as users,
        sum(persons) filter (is_new) as new_users, sum(sessions) as sessions,
        sum(persons) as change_7, sum(persons) as change_28
    from cell_days group by 1, 2
    union all
    select least(next_date, active_date + 7), cell, 0, 0, 0, -sum(persons), 0
    from cell_days group by 1, 2
    union all
    select least(next_date, active_date + 28), cell, 0, 0, 0, 0, -sum(persons)
    from cell_days group by 1, 2
),
days as (
    select day::date as day, cell, sum(users) as users, sum(new_users) as new_users,
        sum(sessions) as sessions, sum(change_7) as change_7, sum(change_28) as change_28
    from (
        from changes
        union all
        select unnest(generate_series(min(active_date), max(active_date), interval 1 day)),
            cell, 0, 0, 0, 0, 0
        from (select cell, min(active_date) as active_date from cell_days group by 1
            union all
            select cell, (select max(active_date) from cell_days) from cells)
        group by cell having count(*) > 1
    )
    group by 1, 2
),
running as (
    select *,
        sum(change_7) over (partition by cell order by day) as users_7_days,
        sum(change_28) over (partition by cell order by day) as users_28_days
    from days
)
select day as period_start, site_id, dimension, dimension_value,
    users::bigint as users, coalesce(new_users, 0)::bigint as new_users,
    (users - coalesce(new_users, 0))::bigint as returning_users, sessions::bigint as sessions,
    users_7_days::bigint as users_7_days, users_28_days::bigint as users_28_days
from running join cells using (cell)
where users_28_days > 0 and day <= (select max(active_date) from cell_days);
