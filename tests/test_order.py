"""What dbt compiles before it knows: an ephemeral model asks whether a model below it adds
to what is stored, which it does not if a model above that one is built from scratch."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from footfall import ROOT, dbt_environment

# Macros that ask, and whether the model they ask for is named in the SQL.
ASKING = [
    r"(?:batch_seen|builds_on_stored|stored)\('(\w+)'\)",
    r"replaced\([^)]*\), '(\w+)'\)",
    r"new_active_dates\('[^']*', '(\w+)'",
]
ASKING_FOR = {
    "touched_session_dates": "int_sessions",
    "days_within_reach": "int_session_days",
    "sessions_within_reach": "int_session_days",
}

Nodes = dict[str, dict[str, Any]]


def is_stateful(node: dict[str, Any]) -> bool:
    return bool(node["config"].get("materialized") == "incremental")


def above(nodes: Nodes, name: str, past_stateful: bool) -> set[str]:
    """The models above one; without `past_stateful` up to the incremental ones."""
    found: set[str] = set()
    left = [name]
    while left:
        for parent in nodes[left.pop()]["depends_on"].get("nodes", []):
            if parent in nodes and parent not in found:
                found.add(parent)
                if past_stateful or not is_stateful(nodes[parent]):
                    left.append(parent)
    return found


def late_models(nodes: Nodes) -> list[str]:
    found = []
    for name, node in nodes.items():
        code = node["raw_code"]
        asked = {model for pattern in ASKING for model in re.findall(pattern, code)}
        asked |= {model for macro, model in ASKING_FOR.items() if macro in code}
        for model in sorted(asked - {node["name"]}):
            below = above(nodes, f"model.footfall.{model}", past_stateful=False)
            needed = {other for other in below if is_stateful(nodes[other])}
            late = needed - above(nodes, name, past_stateful=True)
            late.discard(name)
            found += [f"{node['name']} asks for {model} before {other}" for other in sorted(late)]
    return found


def test_a_model_asks_for_the_state_of_another_after_all_that_is_above_it(tmp_path: Path) -> None:
    dbt = Path(sys.executable).with_name("dbt")
    subprocess.run(
        [dbt, "parse", "--write-json", "--target-path", tmp_path, "--log-path", tmp_path],
        cwd=ROOT,
        env=dbt_environment(),
        check=True,
        capture_output=True,
    )
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    nodes = {
        name: node for name, node in manifest["nodes"].items() if name.startswith("model.footfall.")
    }
    assert len(nodes) > 50
    assert late_models(nodes) == []
