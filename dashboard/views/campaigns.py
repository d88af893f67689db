"""Campaigns: what they cost and what came of it."""

from dashboard import charts, queries
from dashboard.figures import Card
from dashboard.measures import (
    CLICK_RATE,
    CONVERSION_RATE,
    COST_PER_ACQUISITION,
    COST_PER_CLICK,
    RETURN_ON_SPENDING,
    number,
)
from dashboard.page import Page, cards
from dashboard.tables import count, ratio, words

NO_COST = (
    "No spend within these dates and filters. What campaigns cost stands in"
    " `seeds/campaign_costs.csv`, or in a table that the setting `campaign_costs_table` names."
)


def show(page: Page) -> None:
    totals = queries.campaign_totals(page.filters)
    now = page.row(totals)
    then = page.row(queries.campaign_totals(page.before)) if page.before else dict.fromkeys(now)
    counts = {
        "cost": "Cost",
        "revenue_with_cost": "Revenue of it",
        "clicks": "Clicks",
        "cost_without_traffic": "Cost without sessions",
    }
    ratios = [RETURN_ON_SPENDING, COST_PER_ACQUISITION, COST_PER_CLICK]
    cards(
        [
            *(
                Card(label, now[name], then[name], number(now[name]))
                for name, label in counts.items()
            ),
            *(
                Card(each.label, each.value(now), each.value(then), each.text(now))
                for each in ratios
            ),
        ],
        "Revenue, conversions and their cost are of the campaigns that cost something.",
    )
    page.source(totals)
    query = queries.spending_over_time(page.filters, page.grain)
    spent = page.read(query).rows if now["cost"] else []
    page.block(
        f"Cost and revenue by {page.grain}",
        query,
        [
            words("From", "period_start"),
            count("Cost", "cost"),
            count("Revenue", "revenue_with_cost"),
        ],
        lambda: charts.lines(
            spent, "period_start", {"cost": "Cost", "revenue_with_cost": "Revenue"}
        ),
        rows=spent,
        nothing=NO_COST,
    )
    page.block(
        "Campaigns",
        queries.campaigns(page.filters),
        [
            words("Campaign", "campaign"),
            words("Source", "source"),
            words("Medium", "medium"),
            count("Cost", "cost"),
            count("Impressions", "impressions"),
            count("Clicks", "clicks"),
            ratio(CLICK_RATE),
            ratio(COST_PER_CLICK),
            count("Sessions", "sessions"),
            ratio(CONVERSION_RATE),
            count("Conversions", "conversions"),
            count("Revenue", "revenue"),
            ratio(COST_PER_ACQUISITION),
            ratio(RETURN_ON_SPENDING),
        ],
        says="Cost without sessions, and sessions without cost, have a row, too.",
    )
    page.block(
        "Campaign tags to mend",
        queries.tag_issues(page.filters),
        [
            words("Tag", "tag"),
            words("Written", "written"),
            words("What is wrong", "issue"),
            words("Site", "site_id"),
            count("Hits", "hits"),
            words("First", "first_date"),
            words("Last", "last_date"),
            words("For example on", "example_url"),
        ],
        nothing="No tag is wrong within these dates.",
    )
