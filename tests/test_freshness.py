"""`dbt source freshness`: how long ago the files of each named format came."""

import json
import os
import time
from collections.abc import Callable

from footfall import Project

DAY = 86_400
AGES = {
    "matomo/log_visit_1.csv": 0,
    "matomo/log_action_1.csv": 9,
    "matomo/log_link_visit_action_1.csv": 3,
    "umami/a.csv": 9,
    "umami/b.csv": 0,
    "ga4/events_20260302.json": 9,
}


def test_sources_are_as_fresh_as_their_newest_files(new_project: Callable[[], Project]) -> None:
    project = new_project()
    for name, days in AGES.items():
        path = project.write(name, "")
        os.utime(path, (time.time() - days * DAY,) * 2)
        folder = name.partition("/")[0]
        project.env[f"FOOTFALL_{folder.upper()}"] = f"{folder}/*"
    done = project.run("source", "freshness", "--write-json")
    results = json.loads((project.root / "target/sources.json").read_text())["results"]
    found = {result["unique_id"].removeprefix("source.footfall."): result for result in results}
    assert {name: result["status"] for name, result in found.items()} == {
        "ga4.events": "error",
        "matomo.log_visit": "pass",
        "matomo.log_link_visit_action": "warn",
        # never came, as it need not
        "matomo.log_conversion": "pass",
        "umami.website_event": "pass",
    }
    assert done.returncode != 0
