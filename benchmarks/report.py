"""Write RESULTS.md and its plot from the measured figures, one JSON object a line."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
Record = dict[str, Any]


def table(head: list[str], rows: Iterable[Iterable[Any]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(shown(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "**no**"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def full_builds(records: list[Record]) -> list[str]:
    lines = []
    for record in records:
        limit = record["memory_limit"]
        lines += [
            f"### {millions(record['hits'])} hits"
            + (f", memory limit {limit}" if limit else "")
            + f", {record['rounds']} round(s)",
            "",
            *table(
                ["", "CPU s", "wall s", "peak MB", "database MB"],
                [
                    [name, c["cpu"], c["wall"], c["peak_mb"], c.get("database_mb")]
                    for name, c in (
                        ("project, whole process", record["project"]),
                        ("project, nothing new (taken off)", record["nothing"]),
                        ("floor", record["floor"]),
                    )
                ],
            ),
            f"Project to floor: **{record['cpu_ratio']}** CPU,"
            f" {record['wall_ratio']} wall, {record['memory_ratio']} peak memory."
            f" All marts equal: {shown(record['marts_equal'])}. Slowest models (wall s): "
            + ", ".join(
                f"{name} {seconds:.1f}" for name, seconds in list(record["models"].items())[:6]
            )
            + ".",
            "",
        ]
    return lines


def session_steps(records: list[Record]) -> list[str]:
    lines = []
    for record in records:
        lines += [
            f"{millions(record['hits'])} hits, {record['rounds']} round(s); sessions of"
            f" step and textbook equal: {shown(record['sessions_equal'])}.",
            "",
            *table(
                ["", "CPU s", "wall s", "peak MB", "CPU to textbook", "memory to textbook"],
                [
                    [
                        name, c["cpu"], c["wall"], c["peak_mb"], c["cpu_ratio"],
                        c["memory_ratio"],
                    ]
                    for name, c in record["methods"].items()
                ],
            ),
        ]  # fmt: skip
    return lines


def peers(records: list[Record]) -> list[str]:
    lines = []
    for record in records:
        sessions, hits, *_ = record["signature"]
        lines += [
            f"{hits:,} hits to {sessions:,} sessions, {record['rounds']} round(s);"
            " every result has the same checksum.",
            "",
            *table(
                ["", "CPU s", "wall s", "peak MB", "CPU to project", "wall to project"],
                [
                    [
                        name, c["cpu"], c["wall"], c["peak_mb"], c["cpu_ratio"],
                        c["wall_ratio"],
                    ]
                    for name, c in sorted(
                        record["peers"].items(), key=lambda item: item[1]["cpu"]
                    )
                ],
            ),
        ]  # fmt: skip
    return lines


def histories(records: list[Record]) -> list[str]:
    """One row per history, with ratios to the shortest one."""
    days = sorted({r["days"] for r in records if r["kind"] == "day"})
    rows, base = [], None
    for history in days:
        here = [r for r in records if r.get("days") == history and "models_cpu" in r]
        single = [r for r in here if r["kind"] == "day"]
        late = {r["kind"]: r["models_cpu"] for r in here if r["kind"].startswith("late")}
        refresh = next((r["models_cpu"] for r in here if r["kind"] == "full refresh"), None)
        cpu = median(r["models_cpu"] for r in single)
        base = base or cpu
        rows.append(
            [
                f"{history} days, {millions(history * single[0]['hits'] // history)}",
                cpu,
                round(cpu / base, 2),
                median(r["wall"] for r in single),
                median(r["written_mb"] for r in single),
                median(r["grown_mb"] for r in single),
                late.get("late hit of a year ago"),
                late.get("late hit of the first day"),
                refresh,
                round(refresh / cpu, 1) if refresh else None,
            ]
        )
    return table(
        [
            "history", "a day: models' CPU s", "to the first", "wall s, all of dbt",
            "MB written", "MB grown", "late hit, a year: CPU s",
            "late hit, first day: CPU s", "full refresh: CPU s", "refresh to day",
        ],
        rows,
    )  # fmt: skip


def slow_models(records: list[Record]) -> list[str]:
    """The wall seconds of the slowest models of a day, by history."""
    single = [r for r in records if r["kind"] == "day"]
    days = sorted({r["days"] for r in single})
    names: dict[str, dict[int, list[float]]] = {}
    for record in single:
        for name, seconds in record["models"].items():
            names.setdefault(name, {}).setdefault(record["days"], []).append(seconds)
    rows = [
        [name, *(median(by_day[d]) if d in by_day else None for d in days)]
        for name, by_day in names.items()
    ]
    rows.sort(key=lambda row: -(row[-1] or 0))
    return table(["a day: wall s", *(f"{d} days" for d in days)], rows[:12])


def others(records: list[Record]) -> list[str]:
    lines = []
    for record in records:
        if record["kind"] == "nothing against empty":
            lines.append(
                f"- A run with nothing new: {record['wall']:.1f} s wall,"
                f" {record['cpu']:.1f} CPU; an empty dbt project of"
                f" {record['models']} models: {record['empty_wall']:.1f} s,"
                f" {record['empty_cpu']:.1f} CPU. Ratio **{record['wall_ratio']}** wall,"
                f" {record['cpu_ratio']} CPU."
            )
        elif record["kind"] == "growth":
            lines.append(
                f"- After {record['days']} daily runs the database has"
                f" {record['daily_mb']:,.0f} MB, built in one run"
                f" {record['once_mb']:,.0f} MB: **{record['size_ratio']}**. Marts equal:"
                f" {shown(record['marts_equal'])}. A run's CPU seconds, the first five"
                f" and the last: {record['first_runs_cpu']:.1f} and"
                f" {record['last_runs_cpu']:.1f}."
            )
        elif record["kind"] == "fuzz":
            lines.append(f"- Fuzz: {record['text']}.")
        elif record["kind"] == "segment-days":
            lines.append(
                f"- dbt-labs/segment's method run daily over {record['days']} days:"
                f" {record['missing_sessions']:,} sessions missing,"
                f" {record['false_sessions']:,} false ones."
            )
    return [*lines, ""]


def plot(records: list[Record], path: Path) -> bool:
    """Cost against history: a day, a full build, and what each model takes."""
    single = [r for r in records if r["kind"] == "day"]
    if not single:
        return False
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    for kind, label in (
        ("day", "one more day, models"),
        ("late hit of a year ago", "one late hit, models"),
        ("full refresh", "full refresh, models"),
    ):
        found = [r for r in records if r["kind"] == kind]
        days = sorted({r["days"] for r in found})
        if days:
            axes.plot(
                [d * single[0]["hits"] / single[0]["days"] / 1e6 for d in days],
                [max(0.01, median(r["models_cpu"] for r in found if r["days"] == d)) for d in days],
                marker="o",
                label=label,
            )
    axes.set_xlabel("million hits of history")
    axes.set_ylabel("CPU seconds")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    axes.set_title("Cost against history")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    return True


def millions(hits: int) -> str:
    return f"{hits / 1e6:.1f} million"


def write(records: list[Record], path: Path, command: str) -> None:
    machine = next((r for r in records if r["kind"] == "machine"), {})
    image = path.parent / "results" / "cost_against_history.png"

    def of(kind: str) -> list[Record]:
        return [record for record in records if record["kind"] == kind]

    lines = [
        "# Benchmark results",
        "",
        f"Written by `{command}`"
        + (f" on {machine['date']}, commit {machine['commit']}." if machine else "."),
    ]
    if machine:
        lines.append(
            f"Machine: {machine['cores']} cores ({machine['processor']}),"
            f" {machine['memory_gib']} GiB, load {machine['load_at_start']} when it"
            f" started; DuckDB {machine['duckdb']}. CPU seconds are user and system"
            " time of a process and its children; medians over interleaved rounds."
        )
    lines += ["", "## Full build against the floor", "", *full_builds(of("full build"))]
    lines += ["## The step from hits to sessions", "", *session_steps(of("session step"))]
    lines += ["## Beside peers", "", *peers(of("peers"))]
    if of("day"):
        lines += ["## One more day", "", *histories(records), *slow_models(records)]
    if plot(records, image):
        lines += [f"![Cost against history](results/{image.name})", ""]
    lines += ["## Overhead, growth and correctness", "", *others(records)]
    path.write_text("\n".join(lines).rstrip() + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path, help="JSON lines, as run.py keeps them")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md")
    parser.add_argument("--command", default="benchmarks/run.py")
    options = parser.parse_args()
    lines = options.records.read_text().splitlines()
    write([json.loads(line) for line in lines], options.output, options.command)


if __name__ == "__main__":
    main()
