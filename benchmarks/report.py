"""Write the results and their plot from the figures that run.py keeps."""

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

Record = dict[str, Any]
SMALL_RUN = (
    "The goals are meant for the sizes of the full run; a small one shows that all parts work.",
    "",
)


class Records:
    """The figures of all parts."""

    def __init__(self, records: list[Record]) -> None:
        self.all = records

    def of(self, kind: str, **wanted: Any) -> list[Record]:
        return [
            record
            for record in self.all
            if record["kind"] == kind
            and all(record.get(name) == value for name, value in wanted.items())
        ]

    def one(self, kind: str, **wanted: Any) -> Record | None:
        found = self.of(kind, **wanted)
        return found[-1] if found else None

    def middle(self, kind: str, figure: str, **wanted: Any) -> float | None:
        values = [record[figure] for record in self.of(kind, **wanted) if figure in record]
        return round(median(values), 3) if values else None

    def histories(self) -> list[int]:
        """The days of the histories of full days."""
        return sorted({record["days"] for record in self.of("day", small_days=False)})


def ratio(above: float | None, below: float | None) -> float | None:
    return round(above / below, 2) if above is not None and below else None


def shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "**no**"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(head: list[str], rows: Iterable[Iterable[Any]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(shown(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def millions(hits: int) -> str:
    return f"{hits / 1e6:.1f} million hits"


def fastest_peer(step: Record, figure: str) -> tuple[str, float] | None:
    """The fastest method that is not the project's, of those that are right."""
    found = [
        (costs[figure], name)
        for name, costs in step["methods"].items()
        if "project" not in name and "repeats" not in name and not costs["differing"]["rows"]
    ]
    return (min(found)[1], min(found)[0]) if found else None


# A goal: what, how much at most (or at least), the figure, and what it was measured on.
Goal = tuple[str, str, float | None, Callable[[float], bool], str]


def goals(records: Records) -> list[Goal]:
    found: list[Goal] = []

    def at_most(what: str, most: float, value: float | None, where: str, text: str = "") -> None:
        found.append((what, text or f"≤ {most:g}", value, lambda v: v <= most, where))

    full = records.one("full build")
    if full:
        where = millions(full["hits"])
        at_most("Full build: CPU to the floor's", 1.5, full["cpu_ratio"], where)
        most = max(1.2, 4096 / full["floor"]["peak_mb"])
        text = "≤ 1.2, or 4 GiB"
        at_most("Full build: peak memory to the floor's", most, full["memory_ratio"], where, text)
    large = [r for r in records.of("build", small_days=False) if r["hits"] >= 9e7]
    if large:
        record = large[-1]
        value = record["peak_mb"] / 1024
        at_most("Full build: peak memory, GiB", 16, value, millions(record["hits"]))
    step = records.one("step")
    if step:
        methods = step["methods"]
        for more in ("", ", with repeats"):
            ours, textbook = methods.get("project" + more), methods.get("textbook" + more)
            if ours and textbook:
                for figure, name, most in (("cpu", "CPU", 0.3), ("peak_mb", "peak memory", 0.35)):
                    what = f"Step to sessions{more}: {name} to the textbook's"
                    value = ratio(ours[figure], textbook[figure])
                    at_most(what, most, value, millions(step["hits"]))
        for figure, name in (("cpu", "CPU"), ("wall", "wall time")):
            peer = fastest_peer(step, figure)
            if peer:
                value = ratio(methods["project"][figure], peer[1])
                what = f"Step to sessions: {name} to the fastest peer's ({peer[0]})"
                at_most(what, 1.1, value, millions(step["hits"]))
    days = records.histories()
    refreshed = records.one("full refresh", small_days=False)
    if len(days) > 1:
        far = refreshed["days"] if refreshed else days[-1]
        near = {"days": days[0], "small_days": False}
        late = {"days": far, "small_days": False}
        where = f"{far} days of history to {days[0]}"
        for figure, name, most in (
            ("sql_cpu", "CPU", 1.3),
            ("sql_read_mb", "bytes read", 1.3),
            ("inserted", "rows written", 1.3),
        ):
            value = ratio(
                records.middle("day", figure, **late), records.middle("day", figure, **near)
            )
            at_most(f"One more day: {name} to that on a short history", most, value, where)
    if refreshed:
        here = {"days": refreshed["days"], "small_days": False}
        value = ratio(refreshed["sql_cpu"], records.middle("day", "sql_cpu", **here))
        where = millions(refreshed["hits"])
        found.append(
            ("Full refresh: CPU to one more day's", "≥ 50", value, lambda v: v >= 50, where)
        )
    old = records.one("old hit")
    if old:
        idle = records.middle("nothing new", "sql_cpu", part=old["part"])
        day = records.middle("day", "sql_cpu", part=old["part"])
        where = f"{old['back']} days back, {millions(old['hits'])}"
        what = "One old hit: CPU beyond an empty run's, to an ordinary day's"
        at_most(what, 1, ratio(old["sql_cpu"] - idle, day - idle), where)
        late_day = records.one("old day")
        what = "An old day's file: CPU to an ordinary day's"
        at_most(what, 1.3, ratio(late_day["sql_cpu"], day), where)
    growth = records.one("growth")
    if growth:
        where = f"{growth['days']} daily runs, {millions(growth['hits'])}"
        at_most("Database after daily runs to one build", 1.3, growth["size_ratio"], where)
    serving = records.one("serving")
    if serving:
        where = f"{serving['readers']} readers, {millions(serving['hits'])}"
        what = "Readers: 95th percentile of a query beside runs to that alone"
        at_most(what, 2, serving["p95_ratio"], where)
        at_most("Readers: queries that failed", 0, float(serving["failed"]), where)
    nothing = records.one("nothing against empty")
    if nothing:
        where = f"{nothing['models']} models"
        value = nothing["wall_ratio"]
        what = "Nothing new: wall time to an empty project's"
        found.append((what, "< 2", value, lambda v: v < 2, where))
    return found


def readings(records: Records) -> list[str]:
    """What readers of the published marts notice of runs."""
    lines = []
    for record in records.of("serving"):
        phases = record["phases"]
        lines += [
            f"{record['readers']} readers with mean pauses of {record['pause']:g} seconds, on"
            f" {record['published_mb']:,.0f} MB of marts of {millions(record['hits'])};"
            f" {record['runs']} runs of one more day, niceness {record['nice']}, published"
            f" meanwhile, of which the first took {record['run']['wall']:,.0f} seconds."
            f" {record['failed']} queries failed.",
            "",
        ]
        head = ["", "seconds", "queries", "median s", "95th percentile s", "slowest s"]
        rows = [
            [name, *(phase[key] for key in ("seconds", "queries", "p50", "p95", "worst"))]
            for name, phase in phases.items()
        ]
        lines += table(head, rows)
        rows = [
            [query, *(phase["p95_of"][query] for phase in phases.values())]
            for query in phases["alone"]["p95_of"]
        ]
        lines += table(["95th percentile in seconds", *phases], rows)
    return lines or ["Not measured yet.", ""]


def goal_table(records: Records) -> list[str]:
    rows = [
        [what, goal, value, value is not None and reached(value), where]
        for what, goal, value, reached, where in goals(records)
    ]
    return table(["", "goal", "measured", "reached", "on"], rows)


def rightness(records: Records) -> list[str]:
    lines = []
    for full in records.of("full build"):
        equal = "the same rows in all core marts"
        wrong = f"**other rows in {', '.join(full['wrong_marts'])}**"
        lines.append(f"- Project and floor: {wrong if full['wrong_marts'] else equal}.")
    for growth in records.of("growth"):
        equal = "the same rows in all core marts" if growth["marts_equal"] else "**other rows**"
        lines.append(f"- {growth['days']} daily runs and one build: {equal}.")
    for fuzz in records.of("fuzz"):
        wrong = [f"{name} {count:,}" for name, count in fuzz["wrong"].items() if count]
        lines.append(
            f"- Fuzz: {fuzz['deliveries']:,} deliveries, {fuzz['sessions']:,} sessions in"
            f" {fuzz['sets']} sets, in one run and in {fuzz['batches']} random batches,"
            f" against a plain loop. Rows that differ: {', '.join(wrong) or 'none'}."
        )
    for record in records.of("segment-days"):
        lines.append(
            f"- dbt-labs/segment's method run daily for {record['days']} days: of"
            f" {record['sessions']:,} sessions {record['missing_sessions']:,} are missing,"
            f" and {record['false_sessions']:,} are false."
        )
    return [*lines, ""] if lines else ["Not measured yet.", ""]


def full_builds(records: Records) -> list[str]:
    lines = []
    for record in records.of("full build"):
        figures = ("cpu", "wall", "peak_mb", "database_mb")
        rows = [
            ["floor", *(record["floor"][name] for name in figures)],
            ["project: its SQL", record["sql"]["cpu"], record["sql"]["wall"], None, None],
            ["project: whole process", *(record["process"][name] for name in figures)],
        ]
        lines += [
            f"{millions(record['hits'])}, {record['rounds']} rounds.",
            "",
            *table(["", "CPU s", "wall s", "peak MiB", "database MB"], rows),
            *model_table([("CPU s", record["models"])], "cpu", 10),
        ]
    builds = records.of("build")
    if builds:
        rows = [
            [
                f"{millions(r['hits'])}, {r['days']} days", r["memory_limit"], r["cpu"], r["sql_cpu"], r["wall"],
                r["peak_mb"], r["database_mb"],
            ]
            for r in sorted(builds, key=lambda record: record["hits"])
        ]  # fmt: skip
        head = [
            "built once, for what follows", "limit for DuckDB", "CPU s", "of it SQL", "wall s",
            "peak MiB", "database MB",
        ]  # fmt: skip
        lines += table(head, rows)
    return lines or ["Not measured yet.", ""]


def model_table(
    columns: list[tuple[str, dict[str, dict[str, float]]]], figure: str, number: int
) -> list[str]:
    """A figure of the costliest models, one column for each run."""
    names = sorted(
        {name for _, models in columns for name in models},
        key=lambda name: -columns[-1][1].get(name, {}).get(figure, 0),
    )
    rows = [
        [name, *(models.get(name, {}).get(figure) for _, models in columns)]
        for name in names[:number]
    ]
    return table(["model", *(head for head, _ in columns)], rows)


def steps(records: Records) -> list[str]:
    lines = []
    for record in records.of("step"):
        methods = record["methods"]
        ordered = sorted(methods.items(), key=lambda item: item[1]["cpu"])
        rows = []
        for name, costs in ordered:
            differing = costs["differing"]
            base = methods.get("textbook, with repeats" if "repeats" in name else "textbook", {})
            rows.append(
                [
                    name, costs["cpu"], costs["wall"], costs["peak_mb"],
                    ratio(costs["cpu"], base.get("cpu")),
                    ratio(costs["peak_mb"], base.get("peak_mb")),
                    differing["cut"], differing["rows"],
                ]
            )  # fmt: skip
        head = [
            "", "CPU s", "wall s", "peak MiB", "CPU to textbook", "memory to textbook",
            "rows cut otherwise", "rows that differ",
        ]  # fmt: skip
        lines += [f"{millions(record['hits'])}, {record['rounds']} rounds.", ""]
        lines += table(head, rows)
        lines += [f"- {name} did not run: {why}." for name, why in record["failed"].items()]
    return [*lines, ""] if lines else ["Not measured yet.", ""]


def runs_on_histories(records: Records) -> list[str]:
    """One row per history and kind of run."""
    rows = []
    parts = {}
    for record in records.of("day"):
        parts[record["part"]] = record
    for part, first in parts.items():
        for kind in ("day", "nothing new", "late hit", "old hit", "old day", "full refresh"):
            if not records.of(kind, part=part):
                continue
            figures = [
                records.middle(kind, figure, part=part)
                for figure in (
                    "sql_cpu", "cpu", "wall", "sql_read_mb", "written_mb", "inserted", "deleted",
                )
            ]  # fmt: skip
            whole = [round(value) if value is not None else None for value in figures[5:]]
            size = " of small days" if first["small_days"] else ""
            history = f"{millions(first['hits'])}, {first['days']} days{size}"
            rows.append([history, kind, *figures[:5], *whole])
    head = [
        "history", "run", "SQL: CPU s", "process: CPU s", "wall s", "SQL: MB read",
        "MB written", "rows written", "rows deleted",
    ]  # fmt: skip
    return table(head, rows) if rows else ["Not measured yet.", ""]


def models_of_a_day(records: Records) -> list[str]:
    """What the models of one more day cost on each history, medians."""
    columns = []
    for days in records.histories():
        runs = records.of("day", days=days, small_days=False)
        names = {name for run in runs for name in run["models"]}
        models = {
            name: {"cpu": median(run["models"].get(name, {}).get("cpu", 0) for run in runs)}
            for name in names
        }
        columns.append((f"{days} days: CPU s", models))
    return model_table(columns, "cpu", 14) if columns else []


def overhead(records: Records) -> list[str]:
    return [
        line
        for record in records.of("nothing against empty")
        for line in [
            f"A run with nothing new takes {record['wall']:.1f} s"
            f" ({record['cpu']:.1f} CPU s), a run of an empty dbt project of as many"
            f" models ({record['models']}) {record['empty_wall']:.1f} s"
            f" ({record['empty_cpu']:.1f} CPU s).",
            "",
        ]
    ] or ["Not measured yet.", ""]


def growths(records: Records) -> list[str]:
    lines = []
    for record in records.of("growth"):
        cpu = record["run_sql_cpu"]
        few = max(1, len(cpu) // 10)
        lines += [
            f"{record['days']} runs of a small day each: {record['daily_mb']:,.0f} MB; built in"
            f" one run: {record['once_mb']:,.0f} MB. CPU seconds of SQL in a run, median of"
            f" the first {few} after the first: {median(cpu[1 : few + 1]):.2f}, of the last"
            f" {few}: {median(cpu[-few:]):.2f}.",
            "",
        ]
    return lines or ["Not measured yet.", ""]


def plot(records: Records, path: Path) -> bool:
    """Cost against history, and the runs of `growth`."""
    days = records.histories()
    if not days:
        return False
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "footfall", "svg.fonttype": "none"})
    from matplotlib import pyplot

    growth = records.one("growth")
    figure, axes = pyplot.subplots(1, 2 if growth else 1, figsize=(9 if growth else 5, 3.6))
    left = axes[0] if growth else axes
    for kind, label in (
        ("build", "full build"),
        ("full refresh", "full refresh"),
        ("day", "one more day"),
        ("late hit", "one late hit"),
        ("nothing new", "nothing new"),
    ):
        points = sorted({record["hits"] for record in records.of(kind, small_days=False)})
        cpu = [records.middle(kind, "sql_cpu", hits=hits, small_days=False) for hits in points]
        if points:
            left.plot([hits / 1e6 for hits in points], cpu, marker="o", label=label)
    left.set_xlabel("million hits of history")
    left.set_ylabel("CPU seconds of SQL")
    left.set_xscale("log")
    left.set_yscale("log")
    ticks = sorted({r["hits"] / 1e6 for r in records.of("day", small_days=False)})
    left.set_xticks(ticks, [f"{tick:.0f}" if tick >= 2 else f"{tick:.1f}" for tick in ticks])
    left.minorticks_off()
    left.grid(True, which="both", alpha=0.3)
    left.legend(fontsize=8)
    if growth:
        runs = growth["run_sql_cpu"]
        axes[1].plot(range(1, len(runs) + 1), runs)
        axes[1].set_xlabel("daily run")
        axes[1].set_ylabel("CPU seconds of SQL")
        axes[1].set_ylim(bottom=0)
        axes[1].grid(True, alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    return True


def parts_table(records: Records, parts: list[str]) -> list[str]:
    rows = []
    for part in parts:
        record = records.one("part", part=part)
        failed = records.one("failed part", part=part)
        if failed:
            rows.append([part, "**failed**", failed["minutes"], failed["load_at_start"]])
            continue
        facts = ("commit", "minutes", "load_at_start")
        rows.append([part, *(record[name] if record else None for name in facts)])
    return table(["part", "commit", "minutes", "load when it started"], rows)


def write(every: list[Record], path: Path, size: str, parts: list[str]) -> None:
    records = Records(every)
    image = path.parent / "results" / "cost_against_history.svg"
    ran = records.of("part") + records.of("failed part")
    machine = ran[-1] if ran else {}
    dates = sorted({record["date"] for record in ran})
    lines = [
        "# Benchmark results",
        "",
        f"Written by `benchmarks/run.py --{size}`, {' to '.join(dates[:1] + dates[1:][-1:])}."
        f" Machine: {machine.get('cores')} cores ({machine.get('processor')}),"
        f" {machine.get('memory_gib')} GiB; DuckDB {machine.get('duckdb')}, Python"
        f" {machine.get('python')}. What the figures mean and how they are taken is said in"
        f" [README.md]({'' if size == 'full' else '../../'}README.md).",
        "",
        "## Goals",
        "",
        *(SMALL_RUN if size == "small" else ()),
        *goal_table(records),
        "## Whether results are right",
        "",
        *rightness(records),
        "## Full build",
        "",
        *full_builds(records),
        "## The step from hits to sessions",
        "",
        *steps(records),
        "## Runs on a history",
        "",
        *runs_on_histories(records),
    ]
    if plot(records, image):
        lines += [f"![Cost against history](results/{image.name})", ""]
    lines += [
        "Where one more day goes:",
        "",
        *models_of_a_day(records),
        "## Overhead",
        "",
        *overhead(records),
        "## Growth",
        "",
        *growths(records),
        "## Readers",
        "",
        *readings(records),
        "## Parts",
        "",
        *parts_table(records, parts),
    ]
    path.write_text("\n".join(lines).rstrip() + "\n")
