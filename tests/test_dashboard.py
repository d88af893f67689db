"""What the dashboard and the report say of the marts: without a browser, and without data.

tests/test_dashboard_browser.py looks at the pages themselves.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml
from footfall import ROOT

from dashboard import measures, queries
from dashboard.filters import PERIODS, Filters, compared, dates_of
from dashboard.measures import Ratio
from dashboard.published import Query

FOLDER = ROOT / "dashboard"
FEBRUARY = Filters(date(2026, 2, 1), date(2026, 2, 28))
RATIOS = {name: value for name, value in vars(measures).items() if isinstance(value, Ratio)}
NAMES = [
    name
    for name, function in inspect.getmembers(queries, inspect.isfunction)
    if inspect.signature(function).return_annotation in (Query, Query | None)
    and name not in ("asked", "transitions")
]
# What a question asks for beside the filters.
ARGUMENTS = {
    "column": "channel", "dimension": "channel", "group": "g", "page": "p", "hit_type": "search",
    "cohort_by": "first visit", "cohort_period": "week", "period": "week", "funnel_id": "f",
    "last_hit_at": "2026-02-28",
}  # fmt: skip


def question(name: str, filters: Filters = FEBRUARY) -> Query | None:
    function = getattr(queries, name)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    wanted = [each.name for each in parameters if each.default is each.empty]
    return function(filters, **{name: ARGUMENTS[name] for name in wanted})


def marts_of(query: Query) -> set[str]:
    with duckdb.connect() as connection:
        return connection.get_table_names(re.sub(r"\$\w+", "null", query.sql))


def functions_used_by(*paths: Path) -> set[str]:
    """The questions that these modules ask."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found |= {node.attr} if node.value.id == "queries" else set()
    return found & set(NAMES)


EXPOSURES = {
    exposure["name"]: {re.findall(r"'(\w+)'", ref)[0] for ref in exposure["depends_on"]}
    for exposure in yaml.safe_load((ROOT / "models/exposures.yml").read_text())["exposures"]
}
PARTS = {
    "dashboard": [*FOLDER.glob("views/*.py"), *(FOLDER / f"{n}.py" for n in ("app", "figures"))],
    "report": [FOLDER / "report.py", FOLDER / "figures.py"],
}


@pytest.mark.parametrize("name", PARTS)
def test_an_exposure_names_the_marts_that_the_code_reads(name: str) -> None:
    asked = [question(function) for function in functions_used_by(*PARTS[name])]
    read = {mart for query in asked if query for mart in marts_of(query)}
    # Which mart counts users depends on the dates, and on the grain of the curve.
    for dates in (FEBRUARY, Filters(date(2026, 2, 1), date(2026, 2, 9))):
        read |= marts_of(queries.users(dates))
    for grain in queries.GRAINS if name == "dashboard" else []:
        read |= marts_of(queries.users_over_time(FEBRUARY, grain))
    assert EXPOSURES[name] == read - {"snapshot", "snapshot_marts"}


def test_every_question_is_asked_somewhere() -> None:
    assert set(NAMES) == functions_used_by(*PARTS["dashboard"], *PARTS["report"])


def formulas() -> Iterator[str]:
    for file in ROOT.glob("models/marts/**/*.yml"):
        for mart in yaml.safe_load(file.read_text()).get("models", []):
            yield " ".join(mart["description"].split())


@pytest.mark.parametrize("name", RATIOS)
def test_a_ratio_is_that_of_a_description(name: str) -> None:
    # Those of spending are over rows with a cost; a funnel's step is by its first.
    of, by = (
        re.sub("_with_cost$|^entered_", "", part) for part in (RATIOS[name].of, RATIOS[name].by)
    )
    text = " ".join(formulas())
    if name == "REACHED":
        assert "The share that reaches a step is `sum(users)` of the step by that of step 1" in text
    else:
        assert f"`sum({of}) / sum({by})`" in text or f"`{of} / {by}`" in text


def test_users_are_read_at_the_grain_of_the_filters() -> None:
    week = Filters(date(2026, 2, 1), date(2026, 2, 7))
    assert marts_of(queries.users(FEBRUARY)) == {"monthly_users"}
    assert "users_7_days" in queries.users(week).sql
    assert marts_of(queries.users(Filters(date(2026, 2, 1), date(2026, 2, 9)))) == {"user_days"}
    by_device = Filters(date(2026, 2, 1), date(2026, 2, 9), device="mobile")
    assert queries.users(by_device) is None
    assert "users_7_days" in queries.users(Filters(week.first, week.last, device="mobile")).sql
    both = Filters(week.first, week.last, device="mobile", channel="Email")
    assert queries.users(both) is None and queries.users_over_time(both) is None


def test_a_filter_that_a_mart_lacks_is_named() -> None:
    filters = Filters(date(2026, 2, 1), date(2026, 2, 7), site="shop", device="mobile")
    assert queries.ignored(filters, queries.totals(filters), queries.users(filters)) == []
    assert queries.ignored(filters, queries.pages(filters)) == ["device"]
    assert queries.ignored(filters, queries.bands(filters)) == ["site", "device"]


def test_the_period_before_has_as_many_days_or_is_the_month_before() -> None:
    days = Filters(date(2026, 3, 10), date(2026, 3, 16))
    before = compared(days, "The period before")
    assert (before.first, before.last) == (date(2026, 3, 3), date(2026, 3, 9))
    before = Filters(date(2026, 3, 1), date(2026, 3, 31)).before()
    assert (before.first, before.last) == (date(2026, 2, 1), date(2026, 2, 28))
    before = compared(days, "52 weeks before")
    assert before.first.weekday() == days.first.weekday() and before.days == 7
    assert compared(days, "Nothing") is None


@pytest.mark.parametrize("period", PERIODS)
def test_dates_are_in_order_and_end_by_today(period: str) -> None:
    first, last = dates_of(period, date(2026, 1, 5), date(2026, 3, 1))
    assert first <= last <= date(2026, 3, 1)
