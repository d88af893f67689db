"""The pages of the dashboard, and the report, in a real Chromium without a screen.

`make test-dashboard` runs these. They need its environment and a Chromium on the path, and
say so where one is missing. Screenshots go to the folder FOOTFALL_SCREENSHOTS, if named.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from footfall import ROOT

playwright = pytest.importorskip(
    "playwright.sync_api",
    reason="the dashboard is not tested here: its environment is, by `make test-dashboard`",
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DBT = ROOT / ".venv/bin/dbt"
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium to look at the dashboard with"),
    pytest.mark.skipif(not DBT.exists(), reason="`make setup` was not run"),
]

PAGES = {
    "": "Overview",
    "acquisition": "Acquisition",
    "campaigns": "Campaigns",
    "content": "Content",
    "people": "People",
    "segments": "Segments",
    "data-quality": "Data quality",
}
SECONDS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dashboard")


@pytest.fixture(scope="module")
def published(folder: Path) -> Path:
    """The sample, published with targets and spend, and its report."""
    project = folder / "project"
    for name in ("macros", "models", "plugins", "seeds", "data", "tests", "dashboard"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("*.pyc"))
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, project / name)
    with (project / "seeds/targets.csv").open("a") as file:
        file.write("2026-05-01,(all),sessions,,2500\n2026-05-01,(all),users,,1500\n")
    with (project / "seeds/campaign_costs.csv").open("a") as file:
        for day in range(1, 31):
            file.write(f"2026-04-{day:02},shop,google,cpc,brand,{20 + day},,{30 + day},900\n")
    done = subprocess.run(
        [str(DBT), "build", "--exclude-resource-type", "unit_test", "test"],
        cwd=project,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("FOOTFALL_")},
            "FOOTFALL_REPORT": "report.html",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return project / "published/marts.duckdb"


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The dashboard on a file, as `make dashboard` starts it; its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    options = ["--server.headless", "true", "--server.port", str(port)]
    with subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env={**os.environ, "FOOTFALL_PUBLISHED": str(path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        address = f"http://localhost:{port}"
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.2)
        try:
            yield address
        finally:
            # It may wait for its tabs to close.
            process.kill()


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    with served(published) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    tab = context.new_page()
    tab.set_default_timeout(SECONDS * 1000)
    yield tab
    context.close()


def opened(tab: Any, address: str, title: str) -> Any:
    """The page, when it has run to its end."""
    tab.goto(address)
    tab.get_by_role("heading", name=title, level=1).wait_for()
    settled(tab)
    return tab


def settled(tab: Any) -> None:
    tab.wait_for_timeout(500)
    running = "document.querySelector('[data-testid=stApp]').dataset.testScriptState"
    tab.wait_for_function(f"{running} !== 'running'")
    tab.wait_for_timeout(500)


def card(tab: Any, label: str) -> str:
    named = tab.get_by_text(label, exact=True)
    shown = tab.locator("[data-testid=stMetric]").filter(has=named)
    return shown.locator("[data-testid=stMetricValue]").inner_text().strip()


def asked(published: Path, sql: str) -> Any:
    with duckdb.connect(str(published), read_only=True) as connection:
        (value,) = connection.execute(sql).fetchone()
    return value


def picture(tab: Any, name: str) -> None:
    """All of a page, for somebody to look at."""
    folder = os.environ.get("FOOTFALL_SCREENSHOTS")
    if not folder:
        return
    size = tab.viewport_size
    main = "document.querySelector('[data-testid=stMain]') ?? document.documentElement"
    height = tab.evaluate(f"({main}).scrollHeight")
    tab.set_viewport_size({"width": size["width"], "height": min(height + 40, 9000)})
    tab.wait_for_timeout(1500)
    tab.screenshot(path=f"{folder}/{name}.png")
    tab.set_viewport_size(size)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_without_errors_and_says_where_its_figures_come_from(
    tab: Any, address: str, path: str
) -> None:
    failed, said = [], []
    tab.on("requestfailed", lambda request: failed.append(request.url))
    tab.on("pageerror", lambda error: said.append(str(error)))
    opened(tab, f"{address}/{path}", PAGES[path])
    picture(tab, path or "overview")
    assert tab.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
    assert (failed, said) == ([], [])
    blocks = tab.get_by_role("heading", level=3).count()
    sources = tab.get_by_text(re.compile(r"^From \w+.*, built 20.* UTC")).count()
    assert sources >= blocks > 0
    # Every chart has words, and a table beside it.
    for chart in tab.locator("[data-testid=stVegaLiteChart]").all():
        assert chart.locator("[aria-label], [role=img]").count() > 0


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_the_width_of_a_phone(browser: Any, address: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800})
    tab = context.new_page()
    tab.set_default_timeout(SECONDS * 1000)
    opened(tab, f"{address}/{path}", PAGES[path])
    picture(tab, f"{path or 'overview'}_phone")
    main = tab.locator("[data-testid=stMain]")
    widths = main.evaluate("main => [main.scrollWidth, main.clientWidth, innerWidth]")
    context.close()
    assert widths[0] <= widths[1] <= widths[2] == 375


LAST_28 = "between date '2026-04-06' and date '2026-05-03'"


def test_figures_are_those_of_a_direct_query(tab: Any, address: str, published: Path) -> None:
    opened(tab, address, "Overview")
    sessions = asked(
        published, f"select sum(sessions) from daily_sessions where session_date {LAST_28}"
    )
    users = asked(
        published, f"select count(distinct person_id) from user_days where active_date {LAST_28}"
    )
    assert (card(tab, "Sessions"), card(tab, "Users")) == (f"{sessions:,}", f"{users:,}")
    assert card(tab, "Sessions per user") == f"{sessions / users:,.2f}"


def test_a_filter_changes_the_figures_to_those_of_a_direct_query(
    tab: Any, address: str, published: Path
) -> None:
    opened(tab, address, "Overview")
    before = card(tab, "Sessions")
    tab.get_by_role("combobox", name="Channel").click()
    tab.get_by_role("option", name="Email").click()
    tab.wait_for_function(
        "before => document.querySelector('[data-testid=stMetricValue]').innerText.trim() != before",
        arg=before,
    )
    settled(tab)
    email = f"channel = 'Email' and session_date {LAST_28}"
    sessions = asked(published, f"select sum(sessions) from daily_sessions where {email}")
    users = asked(
        published,
        "select users_28_days from daily_users where period_start = date '2026-05-03'"
        " and site_id = '(all)' and dimension = 'channel' and dimension_value = 'Email'",
    )
    assert (card(tab, "Sessions"), card(tab, "Users")) == (f"{sessions:,}", f"{users:,}")
    assert "channel=Email" in tab.url


def test_users_that_no_mart_counts_are_not_shown_but_explained(tab: Any, address: str) -> None:
    opened(tab, f"{address}/?channel=Email&device=mobile", "Overview")
    assert card(tab, "Users") == "–"
    assert tab.get_by_text("Users are counted by one of channel, country and device").count() == 1
    opened(tab, f"{address}/content?channel=Email", "Content")
    assert tab.get_by_text("Not narrowed by channel, which is not in it.").count() > 0


def test_a_segment_has_the_figures_of_its_own_mart(tab: Any, address: str, published: Path) -> None:
    (segment,) = (asked(published, "select min(segment_id) from daily_segments"),)
    opened(tab, f"{address}/?segment={segment}", "Overview")
    sessions = asked(
        published,
        f"select sum(sessions) from daily_segments where segment_id = '{segment}'"
        f" and site_id = '(all)' and segment_date {LAST_28}",
    )
    assert card(tab, "Sessions") == f"{sessions:,}"
    assert card(tab, "Users") == "–"


def test_spend_and_targets_show_where_there_are_some(
    tab: Any, address: str, published: Path
) -> None:
    opened(tab, f"{address}/campaigns", "Campaigns")
    cost = asked(
        published,
        f"select sum(cost) from campaign_performance where performance_date {LAST_28}",
    )
    assert card(tab, "Cost").replace(",", "") == f"{cost:.0f}"
    opened(tab, address, "Overview")
    targets = tab.get_by_role("region", name="Targets of the month").inner_text()
    assert "2,500" in targets and "sessions" in targets


def test_figures_can_be_downloaded(tab: Any, address: str, published: Path) -> None:
    opened(tab, f"{address}/acquisition", "Acquisition")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="CSV").first.click()
    lines = Path(download.value.path()).read_text().splitlines()
    channels = asked(
        published,
        f"select count(distinct channel) from daily_sessions where session_date {LAST_28}",
    )
    assert lines[0].startswith("Channels,Sessions") and len(lines) == channels + 1


def test_the_keyboard_reaches_pages_filters_tables_and_downloads(tab: Any, address: str) -> None:
    opened(tab, f"{address}/campaigns", "Campaigns")
    reached, missing = set(), 0
    for _ in range(60):
        tab.keyboard.press("Tab")
        kind, outlined = tab.evaluate("""() => {
            const at = document.activeElement, style = getComputedStyle(at);
            const name = at.closest('a[href]') ? 'page' : at.closest('.figures') ? 'table'
                : at.closest('[data-testid=stDownloadButton]') ? 'download'
                : at.closest('[data-testid=stSelectbox]') ? 'filter' : at.tagName;
            return [name, style.outlineStyle != 'none' || style.boxShadow != 'none'
                || getComputedStyle(at.closest('[data-baseweb]') ?? at).borderColor != ''];
        }""")
        reached.add(kind)
        missing += not outlined
    assert {"page", "filter", "table", "download"} <= reached
    assert missing == 0


def test_a_new_snapshot_shows_without_a_restart(tab: Any, published: Path, folder: Path) -> None:
    path = folder / "other/marts.duckdb"
    path.parent.mkdir()
    with served(path) as address:
        opened(tab, address, "Nothing is published yet")
        assert tab.get_by_text("make run").count() == 1
        picture(tab, "nothing")
        shutil.copy(published, path)
        tab.get_by_role("heading", name="Overview", level=1).wait_for()
        settled(tab)
        before = card(tab, "Sessions")
        following = path.with_name("next.duckdb")
        shutil.copy(published, following)
        following.chmod(0o644)
        with duckdb.connect(str(following)) as connection:
            connection.execute("update snapshot set snapshot_id = 'the next one'")
            connection.execute("update daily_sessions set sessions = 2 * sessions")
        following.replace(path)
        tab.wait_for_function(
            "before => document.querySelector('[data-testid=stMetricValue]').innerText.trim()"
            " != before",
            arg=before,
        )
        assert card(tab, "Sessions") == f"{2 * int(before.replace(',', '')):,}"


def test_the_report_is_one_file_that_asks_for_nothing(tab: Any, published: Path) -> None:
    report = published.parent.parent / "report.html"
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(report.as_uri())
    picture(tab, "report")
    assert requests == [report.as_uri()]
    assert tab.locator("script").count() == 0
    sessions = asked(
        published, f"select sum(sessions) from daily_sessions where session_date {LAST_28}"
    )
    row = tab.get_by_role("row").filter(has_text=re.compile("^Sessions")).first
    assert f"{sessions:,}" in row.inner_text()
    chart = tab.get_by_role("img").first
    assert "Sessions: " in chart.get_attribute("aria-label")
    tab.set_viewport_size({"width": 375, "height": 800})
    width = tab.evaluate("document.documentElement.scrollWidth")
    picture(tab, "report_phone")
    assert width <= 375
