"""Writes the documentation of all models as one HTML file, for a browser without a server.

It is dbt's own site, with an overview that names every mart, its grain, and which of its
columns add up; all of it is taken from the descriptions beside the models.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DBT = Path(sys.executable).with_name("dbt")
NUMBER = re.compile(r"(bigint|integer|double|decimal\b.*)$")
NOT_SUMMED = re.compile(r"\bnot\b.*\bsum")

Node = dict[str, Any]


def marts_of(manifest: Node) -> list[Node]:
    nodes = manifest["nodes"].values()
    marts = [n for n in nodes if n["resource_type"] == "model" and n["schema"] == "marts"]
    return sorted(marts, key=lambda mart: (mart["fqn"], mart["name"]))


def grain_of(mart: Node) -> str:
    """What its description begins with: One row per so and so."""
    return re.split(r"(?<=\w)[.:](?: |$)|(?<=\))[.:](?: |$)", text_of(mart))[0]


def text_of(described: Node) -> str:
    return " ".join(described["description"].split())


def how_it_adds_up(column: Node) -> str | None:
    """fully, partly (over some of the other columns) or not; None if it is no number."""
    if not NUMBER.match(column["data_type"]):
        return None
    text = text_of(column).lower()
    if "may be summed over" in text or "not sum over" in text:
        return "partly"
    return "not" if "not sum" in text else "fully"


def columns_by_sum(mart: Node) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"fully": [], "partly": [], "not": []}
    for column in mart["columns"].values():
        how = how_it_adds_up(column)
        if how:
            found[how].append(f"`{column['name']}`")
    return found


def marts_table(marts: list[Node]) -> str:
    lines = [
        "| table | grain | adds up | adds up over some columns only | does not add up |",
        "|---|---|---|---|---|",
    ]
    for mart in marts:
        cells = [", ".join(columns) for columns in columns_by_sum(mart).values()]
        link = f"[{mart['name']}](#!/model/{mart['unique_id']})"
        lines.append(f"| {link} | {grain_of(mart)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def glossary(manifest: Node) -> str:
    docs = manifest["docs"].values()
    words = [doc for doc in docs if doc["original_file_path"].endswith("glossary.md")]
    return "\n\n".join(
        f"**{word['name'].replace('_', ' ')}**: {' '.join(word['block_contents'].split())}"
        for word in sorted(words, key=lambda word: word["name"])
    )


def add_overview(manifest: Node) -> None:
    overview = manifest["docs"]["doc.footfall.__overview__"]
    overview["block_contents"] += (
        "\n\n## The marts\n\n"
        "Which columns may be summed, and over what, is said in the description of each.\n\n"
        f"{marts_table(marts_of(manifest))}\n\n## Glossary\n\n{glossary(manifest)}\n"
    )


def page(template: str, manifest: Node, catalog: Node) -> str:
    for name, content in (("MANIFEST", manifest), ("CATALOG", catalog)):
        place = f'"{name}.JSON INLINE DATA"'
        assert place in template, f"dbt's page has no place for the {name.lower()}"
        # Within a script element, `</` would end it.
        template = template.replace(place, json.dumps(content).replace("</", "<\\/"))
    return template


def main() -> int:
    target = ROOT / "docs-site/index.html"
    with tempfile.TemporaryDirectory() as folder:
        command = [DBT, "--quiet", "docs", "generate", "--target-path", folder]
        done = subprocess.run(command, cwd=ROOT)
        if done.returncode:
            return done.returncode
        read = {
            name: (Path(folder) / name).read_text(encoding="utf-8")
            for name in ("index.html", "manifest.json", "catalog.json")
        }
    manifest = json.loads(read["manifest.json"])
    add_overview(manifest)
    target.parent.mkdir(exist_ok=True)
    target.write_text(
        page(read["index.html"], manifest, json.loads(read["catalog.json"])), encoding="utf-8"
    )
    print(f"Written: {target.relative_to(ROOT)}. Open it in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
