"""What is said of the marts is complete."""

import re
from typing import Any

import docs_site
import pytest
import yaml
from footfall import ROOT

GLOSSARY = (ROOT / "models/glossary.md").read_text(encoding="utf-8")
WORDS = dict(re.findall(r"{% docs (\w+) %}\n(.*?){% enddocs %}", GLOSSARY, re.S))


def with_words(text: str) -> str:
    return re.sub(r"{{ doc\('(\w+)'\) }}", lambda found: WORDS[found[1]], text)


def described(path: str) -> list[dict[str, Any]]:
    """The models of the YAML files in a folder, as a manifest has them."""
    models = []
    for file in sorted(ROOT.glob(path)):
        for model in yaml.safe_load(file.read_text()).get("models", []):
            for column in model["columns"]:
                column["description"] = with_words(column.get("description", ""))
            model["columns"] = {column["name"]: column for column in model["columns"]}
            models.append(
                model
                | {
                    "resource_type": "model",
                    "schema": "marts",
                    "fqn": [file.stem],
                    "unique_id": f"model.footfall.{model['name']}",
                }
            )
    return models


MARTS = described("models/marts/**/*.yml")
NUMBERS = [
    pytest.param(column, id=f"{mart['name']}.{column['name']}")
    for mart in MARTS
    for column in mart["columns"].values()
    if docs_site.how_it_adds_up(column)
]


@pytest.mark.parametrize("column", NUMBERS)
def test_a_number_in_a_mart_says_whether_it_may_be_summed(column: dict[str, Any]) -> None:
    text = docs_site.text_of(column).lower()
    assert "may be summed" in text or "not sum" in text or "not be summed" in text, text


def test_every_mart_has_its_grain_in_the_overview_and_in_the_readme() -> None:
    assert len(MARTS) == len(list(ROOT.glob("models/marts/**/*.sql")))
    table = docs_site.marts_table(MARTS)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for mart in MARTS:
        assert docs_site.grain_of(mart).startswith("One row per "), mart["name"]
        assert f"| [{mart['name']}](" in table
        assert re.search(rf"^\|.*`{mart['name']}`.*\|.*\|.*\|$", readme, re.M), mart["name"]


def test_users_and_sessions_are_told_apart_by_whether_they_add_up() -> None:
    sums = {mart["name"]: docs_site.columns_by_sum(mart) for mart in MARTS}
    assert "`sessions`" in sums["daily_sessions"]["fully"]
    assert "`users`" in sums["daily_users"]["not"]
    assert "`new_users`" in sums["daily_users"]["partly"]
    assert not sums["daily_sessions"]["not"]


def test_what_is_shown_does_not_end_the_script_that_holds_it() -> None:
    manifest = {"nodes": {"a": {"description": "</script>"}}}
    template = 'x = "MANIFEST.JSON INLINE DATA"; y = "CATALOG.JSON INLINE DATA"'
    assert "</script>" not in docs_site.page(template, manifest, {})


def test_every_setting_is_known_by_name() -> None:
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    known = (ROOT / "macros/inputs/prepare_run.sql").read_text().partition("setting_names() %}")[2]
    assert set(re.findall(r"'(\w+)'", known.partition(") %}")[0])) == set(settings)


def test_every_model_with_a_window_or_a_case_has_unit_tests() -> None:
    tested = {
        test["model"]
        for file in ROOT.glob("models/**/*_unit_tests.yml")
        for test in yaml.safe_load(file.read_text())["unit_tests"]
    }
    decides = re.compile(r"\b(over|case)\b")
    models = [
        file.stem
        for file in ROOT.glob("models/**/*.sql")
        if decides.search(re.sub(r"--.*", "", file.read_text(encoding="utf-8")))
    ]
    assert len(models) > 50
    assert set(models) - tested == set()
