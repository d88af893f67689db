"""Every question that the dashboard and the report ask, a function each.

They filter the marts and sum the columns that may be summed. Users may not: they are read
from the row whose grain the filters ask for, and where there is none, a function gives
None. What a filter cannot do in a mart stands in the parameters that the text lacks.
"""

from datetime import datetime

from dashboard.filters import ALL_SITES, NAMES, Filters
from dashboard.published import Query

SESSION_FIGURES = """
    sum(sessions) as sessions,
    sum(engaged_sessions) as engaged_sessions,
    sum(bounces) as bounces,
    sum(measured_sessions) as measured_sessions,
    sum(duration_seconds) as duration_seconds,
    sum(page_views) as page_views,
    sum(converting_sessions) as converting_sessions,
    sum(conversions) as conversions,
    sum(revenue) as revenue
"""
SESSION_COLUMNS = {
    "site": "site_id",
    "channel": "channel",
    "country": "country_code",
    "device": "device_type",
}
GRAINS = {"day": "daily_users", "week": "weekly_users", "month": "monthly_users"}


def asked(sql: str, filters: Filters, **more: object) -> Query:
    """The question with its parameters; those that the text lacks are left out."""
    dimension, value = filters.user_dimension or (None, None)
    return Query(
        sql,
        {
            **{name: getattr(filters, name) for name in ("first", "last", *NAMES)},
            "user_site": filters.site or ALL_SITES,
            "dimension": dimension,
            "value": value,
            **more,
        },
    )


def kept(filters: Filters, dates: str, grain: str = "day", **columns: str) -> str:
    """The condition that keeps what the filters ask for, as far as there are columns."""
    conditions = [
        f"{dates} >= date_trunc('{grain}', $first)",
        f"{dates} < date_trunc('{grain}', $last) + interval 1 {grain}",
    ]
    for name, column in columns.items():
        if getattr(filters, name):
            conditions.append(f"coalesce({column}, '(not set)') = ${name}")
    return " and ".join(conditions)


def ignored(filters: Filters, *queries: Query) -> list[str]:
    """The filters that are set and that one of these questions does not know."""
    names = []
    for name in NAMES:
        knows = {name, "user_site"} if name == "site" else {name}
        if name in ("channel", "country", "device"):
            knows |= {"dimension"}
        if getattr(filters, name) and any(not knows & set(query.parameters) for query in queries):
            names.append(name)
    return names


# What there is to filter on


def sites(filters: Filters) -> Query:
    return asked("select distinct site_id as value from daily_users where site_id <> '(all)'"
                 " order by 1", filters)  # fmt: skip


def dimension_values(filters: Filters, dimension: str) -> Query:
    return asked(
        """
        select dimension_value as value from daily_users
        where dimension = $of and site_id = '(all)'
        group by 1 order by sum(sessions) desc, 1
        """,
        filters,
        of=dimension,
    )


def segment_names(filters: Filters) -> Query:
    return asked("select distinct segment_id as value from daily_segments order by 1", filters)


def history(filters: Filters, last_hit_at: datetime) -> Query:
    """The first date with users, and the last that is not in the future."""
    return asked(
        """
        select min(period_start) as first_date, max(period_start) as last_date
        from daily_users
        where users > 0 and site_id = '(all)' and dimension = 'all'
            and period_start <= cast($last_hit_at as date)
        """,
        filters,
        last_hit_at=last_hit_at,
    )


# Overview


def counted_sessions(filters: Filters, grain: str = "day") -> str:
    """The rows that hold the sessions: of a segment those of its own mart."""
    if filters.segment:
        where = kept(filters, "segment_date", grain, segment="segment_id")
        return f"daily_segments where site_id = $user_site and {where}"
    where = kept(filters, "session_date", grain, **SESSION_COLUMNS)
    return f"daily_sessions where {where}"


def totals(filters: Filters) -> Query:
    return asked(f"select {SESSION_FIGURES} from {counted_sessions(filters)}", filters)


def users(filters: Filters) -> Query | None:
    """Distinct users of the dates."""
    if filters.user_dimension is None:
        return None
    if filters.segment and filters.days > 1:
        return None
    if filters.segment:
        return asked(
            """
            select coalesce(sum(users), 0) as users from daily_segments
            where segment_date = $last and site_id = $user_site and segment_id = $segment
            """,
            filters,
        )
    at = "site_id = $user_site and dimension = $dimension and dimension_value = $value"
    if filters.is_month:
        return asked(
            f"select sum(users) as users from monthly_users where period_start = $first and {at}",
            filters,
        )
    column = {1: "users", 7: "users_7_days", 28: "users_28_days"}.get(filters.days)
    if column:
        return asked(
            f"select sum({column}) as users from daily_users where period_start = $last and {at}",
            filters,
        )
    if filters.user_dimension[0] == "all":
        where = kept(filters, "active_date", site="site_id")
        return asked(
            f"select count(distinct person_id) as users from user_days where {where}", filters
        )
    return None


def why_no_users(filters: Filters) -> str:
    if filters.segment:
        return "Users of a segment are counted by day; they cannot be summed to longer times."
    if filters.user_dimension is None:
        return "Users are counted by one of channel, country and device at a time, not by several."
    return (
        "Users of one channel, country or device are counted for 1, 7 or 28 days and for whole"
        " months; they cannot be summed to other spans."
    )


def new_users(filters: Filters) -> Query | None:
    """Users whose first hit is within the dates: each is new on one date only."""
    if filters.user_dimension is None:
        return None
    if filters.segment:
        return asked(
            """
            select coalesce(sum(new_users), 0) as new_users from daily_segments
            where
                segment_date between $first and $last and site_id = $user_site
                and segment_id = $segment
            """,
            filters,
        )
    return asked(
        """
        select coalesce(sum(new_users), 0) as new_users from daily_users
        where
            period_start between $first and $last and site_id = $user_site
            and dimension = $dimension and dimension_value = $value
        """,
        filters,
    )


def sessions_over_time(filters: Filters, grain: str = "day") -> Query:
    rows = counted_sessions(filters, grain)
    date = "segment_date" if filters.segment else "session_date"
    return asked(
        f"""
        with periods as (
            select cast(generate_series as date) as period_start from generate_series(
                date_trunc('{grain}', cast($first as timestamp)),
                cast($last as timestamp),
                interval 1 {grain}
            )
        ),
        figures as (
            select date_trunc('{grain}', {date}) as period_start, {SESSION_FIGURES}
            from {rows} group by 1
        )
        select
            periods.period_start,
            coalesce(figures.sessions, 0) as sessions,
            coalesce(figures.engaged_sessions, 0) as engaged_sessions,
            coalesce(figures.conversions, 0) as conversions,
            coalesce(figures.revenue, 0) as revenue
        from periods left join figures on periods.period_start = figures.period_start
        order by 1
        """,
        filters,
    )


def users_over_time(filters: Filters, grain: str = "day") -> Query | None:
    """Users of each day, week or month."""
    if filters.user_dimension is None or (filters.segment and grain != "day"):
        return None
    rows = f"""
        {GRAINS[grain]} where
            site_id = $user_site and dimension = $dimension and dimension_value = $value
    """
    if filters.segment:
        rows = "daily_segments where site_id = $user_site and segment_id = $segment"
    date = "segment_date" if filters.segment else "period_start"
    return asked(
        f"""
        with periods as (
            select cast(generate_series as date) as period_start from generate_series(
                date_trunc('{grain}', cast($first as timestamp)),
                cast($last as timestamp),
                interval 1 {grain}
            )
        ),
        figures as (
            select {date} as period_start, users, new_users, returning_users from {rows}
        )
        select
            periods.period_start,
            coalesce(figures.users, 0) as users,
            coalesce(figures.new_users, 0) as new_users,
            coalesce(figures.returning_users, 0) as returning_users
        from periods left join figures on periods.period_start = figures.period_start
        order by 1
        """,
        filters,
    )


def targets(filters: Filters) -> Query:
    return asked(
        """
        select * from goal_progress
        where month_start = date_trunc('month', $last) and site_id = $user_site
        order by metric, goal_id nulls first
        """,
        filters,
    )


def alerts(filters: Filters) -> Query:
    """What stood out on these dates, in words; the latest first."""
    site = "and site_id = $site" if filters.site else ""
    return asked(
        f"""
        select alert_date, site_id, alert_rule, sentence, annotations, is_latest
        from metric_alerts
        where alert_date between $first and $last {site}
        order by alert_date desc, site_id, alert_rule, dimension_value
        """,
        filters,
    )


def annotations(filters: Filters) -> Query:
    """What happened on these dates, to whoever looks at the curve."""
    return asked(
        """
        select period_start as note_date, annotations from period_trends
        where
            period = 'day' and dimension = 'all' and site_id = $user_site
            and annotations is not null and period_start between $first and $last
        order by 1
        """,
        filters,
    )


# Acquisition


def sessions_by(filters: Filters, column: str, limit: int = 1000) -> Query:
    """Figures by a column of daily_sessions, `source` for example."""
    where = kept(filters, "session_date", **SESSION_COLUMNS)
    return asked(
        f"""
        select coalesce({column}, '(not set)') as value, {SESSION_FIGURES} from daily_sessions
        where {where} group by 1 order by sessions desc, value limit {limit}
        """,
        filters,
    )


def users_by(filters: Filters, dimension: str) -> Query | None:
    """Users by channel, country or device, where no other dimension is filtered on."""
    if filters.user_dimension not in (
        ("all", "all"),
        (dimension, getattr(filters, dimension)),
    ):
        return None
    column = {1: "users", 7: "users_7_days", 28: "users_28_days"}.get(filters.days)
    mart, day = ("monthly_users", "$first") if filters.is_month else ("daily_users", "$last")
    if not filters.is_month and not column:
        return None
    value = f"and dimension_value = ${dimension}" if getattr(filters, dimension) else ""
    return asked(
        f"""
        select dimension_value as value, {"users" if filters.is_month else column} as users
        from {mart}
        where period_start = {day} and dimension = $of and site_id = $user_site {value}
        order by users desc, value
        """,
        filters,
        of=dimension,
    )


def channels_over_time(filters: Filters, grain: str = "day") -> Query:
    where = kept(filters, "session_date", grain, **SESSION_COLUMNS)
    return asked(
        f"""
        select
            cast(date_trunc('{grain}', session_date) as date) as period_start,
            coalesce(channel, '(not set)') as channel,
            sum(sessions) as sessions
        from daily_sessions where {where} group by 1, 2 order by 1, 2
        """,
        filters,
    )


def sources(filters: Filters, limit: int = 1000) -> Query:
    where = kept(filters, "session_date", **SESSION_COLUMNS)
    return asked(
        f"""
        select source, medium, coalesce(campaign, '–') as campaign, {SESSION_FIGURES}
        from daily_sessions where {where}
        group by 1, 2, 3 order by sessions desc, 1, 2, 3 limit {limit}
        """,
        filters,
    )


def channel_group_names(filters: Filters) -> Query:
    return asked("select distinct channel_group as value from channel_groups order by 1", filters)


def channel_group(filters: Filters, group: str) -> Query:
    """Figures by the labels of a channel group of one's own."""
    where = kept(filters, "session_date", **{
        name: f"daily_sessions.{column}" for name, column in SESSION_COLUMNS.items()
    })  # fmt: skip
    return asked(
        f"""
        select channel_groups.label as value, {SESSION_FIGURES}
        from daily_sessions
        inner join channel_groups
            on daily_sessions.source = channel_groups.source
            and daily_sessions.medium = channel_groups.medium
            and daily_sessions.campaign is not distinct from channel_groups.campaign
        where channel_groups.channel_group = $group and {where}
        group by 1 order by sessions desc, 1
        """,
        filters,
        group=group,
    )


def attribution(filters: Filters) -> Query:
    """Conversions and revenue that each model credits to each channel."""
    where = kept(filters, "conversion_date", site="site_id", channel="channel")
    return asked(
        f"""
        select
            coalesce(channel, '(not set)') as channel,
            attribution_model,
            sum(credited_conversions) as credited_conversions,
            sum(credited_revenue) as credited_revenue
        from attributed_conversions where {where}
        group by 1, 2 order by 1, 2
        """,
        filters,
    )


# Campaigns

CAMPAIGN_FIGURES = """
    sum(sessions) as sessions,
    sum(engaged_sessions) as engaged_sessions,
    sum(new_users) as new_users,
    sum(converting_sessions) as converting_sessions,
    sum(conversions) as conversions,
    sum(revenue) as revenue,
    sum(cost) as cost,
    sum(clicks) as clicks,
    sum(impressions) as impressions,
    sum(conversions) filter (where has_cost) as conversions_with_cost,
    sum(revenue) filter (where has_cost) as revenue_with_cost,
    sum(cost) filter (where not has_traffic) as cost_without_traffic
"""
CAMPAIGN_COLUMNS = {"site": "site_id", "channel": "channel"}


def campaign_totals(filters: Filters) -> Query:
    where = kept(filters, "performance_date", **CAMPAIGN_COLUMNS)
    return asked(f"select {CAMPAIGN_FIGURES} from campaign_performance where {where}", filters)


def campaigns(filters: Filters, limit: int = 1000) -> Query:
    """What has a campaign, or cost money."""
    where = kept(filters, "performance_date", **CAMPAIGN_COLUMNS)
    return asked(
        f"""
        select coalesce(campaign, '–') as campaign, source, medium, {CAMPAIGN_FIGURES}
        from campaign_performance
        where {where} and (campaign is not null or has_cost)
        group by 1, 2, 3 order by cost desc nulls last, sessions desc, 1, 2, 3 limit {limit}
        """,
        filters,
    )


def spending_over_time(filters: Filters, grain: str = "day") -> Query:
    where = kept(filters, "performance_date", grain, **CAMPAIGN_COLUMNS)
    return asked(
        f"""
        select
            cast(date_trunc('{grain}', performance_date) as date) as period_start,
            coalesce(sum(cost), 0) as cost,
            coalesce(sum(revenue) filter (where has_cost), 0) as revenue_with_cost
        from campaign_performance where {where} group by 1 order by 1
        """,
        filters,
    )


def tag_issues(filters: Filters) -> Query:
    site = "and site_id = $site" if filters.site else ""
    return asked(
        f"""
        select site_id, tag, written, issue, hits, first_date, last_date, example_url
        from campaign_tag_issues
        where first_date <= $last and last_date >= $first {site}
        order by hits desc, 1, 2, 3, 4
        """,
        filters,
    )


# Content


def pages(filters: Filters, column: str = "page_url", limit: int = 1000) -> Query:
    """Figures by page, or by content group."""
    where = kept(filters, "view_date", site="site_id")
    return asked(
        f"""
        select
            coalesce({column}, '(not set)') as value,
            sum(page_views) as page_views,
            sum(entrances) as entrances,
            sum(exits) as exits,
            sum(bounces) as bounces,
            sum(timed_page_views) as timed_page_views,
            sum(time_on_page_seconds) as time_on_page_seconds,
            sum(scroll_measured_page_views) as scroll_measured_page_views,
            sum(scrolled_page_views) as scrolled_page_views
        from daily_pages where {where}
        group by 1 order by page_views desc, 1 limit {limit}
        """,
        filters,
    )


def next_pages(filters: Filters, page: str, limit: int = 10) -> Query:
    """Where people go from a page, `(entrance)` for example."""
    return transitions(filters, page, "page_url", "next_page_url", limit)


def previous_pages(filters: Filters, page: str, limit: int = 10) -> Query:
    return transitions(filters, page, "next_page_url", "page_url", limit)


def transitions(filters: Filters, page: str, column: str, other: str, limit: int) -> Query:
    where = kept(filters, "view_date", site="site_id")
    return asked(
        f"""
        with counted as (
            select {other} as value, sum(transitions) as transitions
            from page_transitions where {column} = $page and {where} group by 1
        )
        select value, transitions, sum(transitions) over () as all_transitions
        from counted order by transitions desc, 1 limit {limit}
        """,
        filters,
        page=page,
    )


def paths(filters: Filters, limit: int = 1000) -> Query:
    where = kept(filters, "view_date", site="site_id")
    columns = ("first", "second", "third", "fourth", "fifth")
    steps = ", ".join(f"{column}_page_url" for column in columns)
    return asked(
        f"""
        select {steps}, sum(sessions) as sessions, sum(bounces) as bounces
        from page_paths where {where}
        group by all order by sessions desc, {steps} limit {limit}
        """,
        filters,
    )


def event_types(filters: Filters) -> Query:
    where = kept(filters, "event_date", site="site_id")
    return asked(
        f"""
        select distinct hit_type as value from daily_events where {where} order by 1
        """,
        filters,
    )


def events(filters: Filters, hit_type: str, limit: int = 1000) -> Query:
    where = kept(filters, "event_date", site="site_id")
    return asked(
        f"""
        select coalesce(hit_name, '(not set)') as value, sum(hits) as hits, sum(value) as amount
        from daily_events where hit_type = $hit_type and {where}
        group by 1 order by hits desc, 1 limit {limit}
        """,
        filters,
        hit_type=hit_type,
    )


def hours(filters: Filters) -> Query:
    """Sessions by the hour and the day of the week (1 is Monday) on which they start."""
    where = kept(filters, "active_date", site="site_id")
    return asked(
        f"""
        select
            isodow(active_date) as weekday_number,
            active_hour,
            sum(sessions) as sessions,
            sum(page_views) as page_views
        from hourly_activity where {where} group by 1, 2 order by 1, 2
        """,
        filters,
    )


# People


def lifecycle(filters: Filters) -> Query | None:
    if filters.user_dimension is None:
        return None
    return asked(
        """
        select active_date, active_users, new_users, current_users, resurrected_users,
            dormant_users
        from daily_lifecycle
        where
            active_date between $first and $last and site_id = $user_site
            and dimension = $dimension and dimension_value = $value
        order by 1
        """,
        filters,
    )


def retention(filters: Filters, cohort_by: str, cohort_period: str, period: str) -> Query:
    """Cohorts that started within the dates, stretch by stretch."""
    where = kept(filters, "cohort_start", site="site_id", channel="channel")
    return asked(
        f"""
        select
            cohort_start,
            period_number,
            sum(users) as users,
            sum(retained_users) as retained_users
        from retention_cohorts
        where
            cohort_by = $cohort_by and cohort_period = $cohort_period and period = $period
            and retained_users is not null and {where}
        group by 1, 2 order by 1, 2
        """,
        filters,
        cohort_by=cohort_by,
        cohort_period=cohort_period,
        period=period,
    )


def bands(filters: Filters) -> Query:
    return asked(
        """
        select recency_band_number, recency_band, frequency_band_number, frequency_band,
            users, sessions, conversions, revenue
        from user_bands order by recency_band_number, frequency_band_number
        """,
        filters,
    )


def funnels(filters: Filters) -> Query:
    return asked("select distinct funnel_id as value from funnel_steps order by 1", filters)


def funnel(filters: Filters, funnel_id: str) -> Query:
    where = kept(filters, "entry_date", site="site_id")
    return asked(
        f"""
        with steps as (
            select
                step_number,
                step,
                sum(users) as users,
                sum(seconds_from_previous_step) as seconds_from_previous_step
            from funnel_steps where funnel_id = $funnel_id and {where} group by 1, 2
        )
        select *, first_value(users) over (order by step_number) as entered_users
        from steps order by step_number
        """,
        filters,
        funnel_id=funnel_id,
    )


# Segments


def segments(filters: Filters) -> Query:
    """Figures of each segment, and its size at the end of the dates."""
    where = kept(filters, "segment_date", segment="segment_id")
    return asked(
        f"""
        select
            segment as value,
            segment_id,
            scope,
            sum(members) filter (where segment_date = $last) as members,
            sum(new_users) as new_users,
            {SESSION_FIGURES}
        from daily_segments where site_id = $user_site and {where}
        group by 1, 2, 3 order by sessions desc, 1
        """,
        filters,
    )


def segments_over_time(filters: Filters) -> Query:
    """Users of each segment on each date."""
    where = kept(filters, "segment_date", segment="segment_id")
    return asked(
        f"""
        select segment_date, segment, users, sessions from daily_segments
        where site_id = $user_site and {where} order by 1, 2
        """,
        filters,
    )


def overlaps(filters: Filters) -> Query:
    """Users in two segments, in the month in which the dates end."""
    segment = "and segment_id = $segment" if filters.segment else ""
    return asked(
        f"""
        select
            segment_overlaps.segment_id,
            segment_overlaps.other_segment_id,
            segment_overlaps.users,
            whole.users as segment_users
        from segment_overlaps
        inner join segment_overlaps as whole
            on segment_overlaps.segment_id = whole.segment_id
            and segment_overlaps.month_start = whole.month_start
            and whole.segment_id = whole.other_segment_id
        where segment_overlaps.month_start = date_trunc('month', $last)
            and segment_overlaps.segment_id <> segment_overlaps.other_segment_id
            {segment.replace("segment_id", "segment_overlaps.segment_id", 1)}
        order by 1, 2
        """,
        filters,
    )


# Quality


def reconciliation(filters: Filters) -> Query:
    """What became of the raw rows that arrived within the dates."""
    return asked(
        """
        select
            format,
            sum(raw_rows) as raw_rows,
            sum(accepted_hits) as accepted_hits,
            sum(duplicate_hits) as duplicate_hits,
            sum(different_duplicate_hits) as different_duplicate_hits,
            sum(rejected_hits) as rejected_hits,
            sum(late_hits) as late_hits,
            sum(future_hits) as future_hits
        from hit_reconciliation group by 1 order by 1
        """,
        filters,
    )


def rejections(filters: Filters) -> Query:
    return asked(
        """
        select format, rejection_reason, sum(rejected_hits) as rejected_hits
        from hit_reconciliation where rejection_reason is not null
        group by 1, 2 order by 3 desc, 1, 2
        """,
        filters,
    )


def exclusions(filters: Filters, column: str = "excluded_as") -> Query:
    where = kept(filters, "session_date", site="site_id")
    columns = {"excluded_as": "excluded_as", "reason": "excluded_as, reason"}[column]
    return asked(
        f"""
        select {columns}, sum(sessions) as sessions, sum(hits) as hits,
            sum(page_views) as page_views
        from daily_exclusions where {where}
        group by all order by sessions desc, {columns}
        """,
        filters,
    )


def late_hits(filters: Filters) -> Query:
    return asked(
        """
        select load_date, sum(accepted_hits) as accepted_hits, sum(late_hits) as late_hits
        from hit_reconciliation group by 1 order by 1
        """,
        filters,
    )


def source_troubles(filters: Filters) -> Query:
    """Dates after a gap, with far fewer hits than usual, or with columns that went missing."""
    where = kept(filters, "hit_date", site="site_id")
    return asked(
        f"""
        select hit_date, site_id, format, hits, usual_hits, gap_days, is_drop, lost_columns
        from source_days
        where {where} and (gap_days > 0 or is_drop or lost_columns is not null)
        order by 1 desc, 2, 3
        """,
        filters,
    )


def source_latest(filters: Filters) -> Query:
    where = kept(filters, "hit_date", site="site_id")
    return asked(
        f"""
        select site_id, format, max(hit_date) as last_hit_date, sum(hits) as hits
        from source_days where {where} group by 1, 2 order by 1, 2
        """,
        filters,
    )


def mart_rows(filters: Filters) -> Query:
    return asked("select mart, row_count, description from snapshot_marts order by 1", filters)
