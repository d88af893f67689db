"""Snowplow events in every shape in which pipelines write them: all give the same
sessions."""

import csv
import gzip
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from footfall import ROOT, Project
from make_format_samples import SNOWPLOW_FIELDS, Dice, snowplow_events

JSON_FIELDS = ("contexts", "unstruct_event", "derived_contexts")
ENRICHED = SNOWPLOW_FIELDS
ATOMIC = [name for name in ENRICHED if name not in JSON_FIELDS]
LOADED = [*ATOMIC, "load_tstamp"]
FEW = ["event_id", "app_id", "derived_tstamp", "domain_userid", "event_name", "page_url"]

Events = list[dict[str, str]]
Writer = Callable[[Path, Events], object]


def write(path: Path, text: str) -> None:
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def tsv(columns: Sequence[str], header: bool = False, null: str = "") -> Writer:
    def write_tsv(path: Path, events: Events) -> None:
        rows = [columns] if header else []
        rows += [[event.get(name) or null for name in columns] for event in events]
        write(path, "".join("\t".join(row) + "\n" for row in rows))

    return write_tsv


def comma_separated(columns: Sequence[str], header: bool = True) -> Writer:
    def write_csv(path: Path, events: Events) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerows([columns] if header else [])
        writer.writerows([event.get(name.lower(), "") for name in columns] for event in events)
        write(path, text.getvalue())

    return write_csv


def write_json(path: Path, events: Events) -> None:
    rows = [{name: value for name, value in event.items() if value} for event in events]
    write(path, "".join(json.dumps(row) + "\n" for row in rows))


SESSION = "contexts_com_snowplowanalytics_snowplow_client_session_1"


def write_nested_json(path: Path, events: Events) -> None:
    rows = [{**event, SESSION: [{"eventIndex": 1}]} for event in events]
    write(path, "".join(json.dumps(row) + "\n" for row in rows))


def write_with_offset(path: Path, events: Events) -> None:
    """As Snowflake unloads times with a zone."""
    tsv(LOADED, header=True)(
        path,
        [
            {k: f"{v} +0000" if k.endswith("_tstamp") and v else v for k, v in event.items()}
            for event in events
        ],
    )


def parquet(types: dict[str, str], upper: bool = False, nested: str = "") -> Writer:
    """`types` are those of columns by the end of their names; others are text."""

    def write_columns(path: Path, events: Events) -> None:
        columns = []
        for name in LOADED:
            end = next((end for end in types if name.endswith(end)), "")
            cast = f"cast(nullif(r['{name}'], '') as {types.get(end, 'varchar')})"
            columns.append(f"{cast} as {name.upper() if upper else name}")
        columns += [f"{nested} as {SESSION}"] if nested else []
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("create table raw (r map(varchar, varchar))")
            connection.executemany("insert into raw values (?)", [[event] for event in events])
            query = f"select {', '.join(columns)} from raw"
            connection.execute(f"copy ({query}) to '{path}' (format parquet)")

    return write_columns


SHAPES: dict[str, Writer] = {
    "enriched.tsv": tsv(ENRICHED),
    "enriched": tsv(ENRICHED),
    "part-00000.gz": tsv(ENRICHED),
    "transformed.txt": tsv([*ENRICHED, "load_tstamp"]),
    "atomic.tsv.gz": tsv(ATOMIC),
    "atomic with nulls.txt": tsv(LOADED, null=r"\N"),
    "with header.tsv": tsv(LOADED, header=True),
    "unloaded.csv": comma_separated(LOADED, header=False),
    "unloaded.csv.gz": comma_separated(ATOMIC, header=False),
    "with header.csv": comma_separated(LOADED),
    "upper case.csv": comma_separated([name.upper() for name in ATOMIC]),
    "few columns.csv": comma_separated(FEW),
    "wide rows.json": write_json,
    "wide rows.ndjson.gz": write_json,
    "text.parquet": parquet({}),
    "typed.parquet": parquet({"_tstamp": "timestamp", "event_id": "uuid", "tr_total": "double"}),
    "zoned.parquet": parquet({"_tstamp": "timestamptz", "tr_total": "decimal(18, 2)"}, upper=True),
    "with offset.tsv": write_with_offset,
    "nested.parquet": parquet({}, nested="[{'session_index': 1}]"),
    "nested another way.parquet": parquet({}, nested="[{'firstEventId': 'e'}]"),
    "nested.json": write_nested_json,
    "nanoseconds.parquet": parquet({"true_tstamp": "integer", "_tstamp": "timestamp_ns"}),
}


def some_events(number: int, shape: str) -> Events:
    """The same events for each shape but for their ids, of an app named after it."""
    events = [event for event in snowplow_events(Dice(31))[:400] if event["derived_tstamp"]]
    return [
        {
            **event,
            "app_id": shape,
            "event_id": f"{number:08d}{event['event_id'][8:]}",
            "domain_userid": event["domain_userid"] and f"{shape} {event['domain_userid']}",
            "network_userid": "",
            "contexts": "",
            "load_tstamp": event["etl_tstamp"],
        }
        for event in events
    ]


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    folder = project.root / "snowplow"
    folder.mkdir()
    for number, (shape, write_events) in enumerate(SHAPES.items()):
        write_events(folder / shape, some_events(number, shape))
    project.env["FOOTFALL_SNOWPLOW"] = "snowplow/*"
    project.build()
    return project


def sessions(project: Project, shape: str) -> list[tuple[Any, ...]]:
    return project.query(f"""
        select
            session_id[9:], visitor_id[{len(shape) + 2}:], started_at, ended_at, hits,
            page_views, landing_page_url, exit_page_url
        from marts.sessions where site_id = '{shape}' order by all
    """)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_sessions(project: Project, shape: str) -> None:
    first = next(iter(SHAPES))
    assert len(sessions(project, first)) > 40
    assert sessions(project, shape) == sessions(project, first)


def test_a_large_file_may_have_line_breaks_in_its_fields(
    new_project: Callable[[], Project],
) -> None:
    project = new_project()
    rows = 60_000
    with (project.root / "events.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["event_id", "derived_tstamp", "domain_userid", "event_name", "page_title"])
        at, title = "2026-03-02 10:00:00", f"a title\nof {'x' * 200} lines"
        writer.writerows([number, at, "d", "page_view", title] for number in range(rows))
    project.env["FOOTFALL_SNOWPLOW"] = "events.csv"
    project.build("--select", "+int_hit_deliveries")
    counts = "select count(distinct hit_id), count(page_title) from intermediate.int_hit_deliveries"
    assert project.query(counts) == [(rows, rows)]


# Real hits, written as Snowplow events


DATA = Path(os.environ.get("SHARED", ROOT.parent / "shared")) / "data"
REAL = {"wikimedia_a": "tsv", "yoochoose_train": "parquet", "hue_weblogs": "csv"}


def copy_real_hits(name: str, kind: str, folder: Path) -> None:
    known = {
        "app_id": f"'{name}'",
        "event_id": "hit_id",
        "derived_tstamp": "event_at",
        "collector_tstamp": "event_at",
        "domain_userid": "visitor_id",
        "event_name": "if(is_page_view, 'page_view', 'link_click')",
        # As the enricher does, so that no value breaks its line.
        "page_url": r"regexp_replace(page_url, '[\t\r\n]', ' ', 'g')",
        "page_referrer": "referrer",
        "useragent": "user_agent",
    }
    columns = ", ".join(f"{known.get(field, 'null')} as {field}" for field in SNOWPLOW_FIELDS)
    options = {
        "tsv": "format csv, header false, delimiter '\t', quote '', escape ''",
        "csv": "format csv, header",
        "parquet": "format parquet",
    }
    duckdb.execute(
        f"copy (select {columns} from '{DATA}/{name}/canonical.parquet')"
        f" to '{folder}/{name}.{kind}' ({options[kind]})"
    )


@pytest.fixture(scope="module")
def real(new_project: Callable[[], Project]) -> Project:
    if not DATA.is_dir():
        pytest.skip(f"the real data is not here: {DATA}")
    project = new_project()
    folder = project.root / "snowplow"
    folder.mkdir()
    for name, kind in REAL.items():
        copy_real_hits(name, kind, folder)
    project.env["FOOTFALL_SNOWPLOW"] = "snowplow/*"
    project.build()
    return project


@pytest.mark.parametrize("name", REAL)
def test_real_hits_as_snowplow_events_have_the_expected_sessions(real: Project, name: str) -> None:
    found = real.query(f"""
        select visitor_id, started_at, ended_at, hits, page_views
        from marts.sessions where site_id = '{name}' order by all
    """)
    expected = real.query(f"""
        select
            visitor_id, session_start_at::timestamp, session_end_at::timestamp, hits,
            page_views
        from '{DATA}/{name}/expected_sessions.parquet' order by all
    """)
    assert found == expected
