"""Incremental equals full refresh: random hits in random batches, then compared.

`python tests/promise.py --seeds 1-50` tries as many seeds as wanted by hand; pytest
runs a few (test_promise.py). A seed makes a few dozen deliveries that are as awkward
as possible (gaps of exactly the timeout, equal instants, midnights in two time zones,
sign-ins days later, repeated deliveries with other times, contents and arrival times,
hits from the future), cuts them into batches in random order, and brings a database up
to date batch by batch through real dbt runs, with rules changed in between. The batches
are files or, of every fourth seed, rows of a table. All marts
must then equal those of a full refresh in another database.
"""

import argparse
import csv
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from footfall import Project

Row = dict[str, Any]

# Sessions of the site `slow` last for days. The funnels are of pages and types that occur.
# Segments: everybody; in each scope; alternatives, negated conditions, steps and windows.
ADDED_RULES = {
    "sites": "slow,Europe/Berlin,46800\n",
    "funnels": "read,false,2880\nsend,true,60\n",
    "funnel_step_rules": "read,1,Home,page_view,,^shop[^/]*/$\nread,2,Post,page_view,,/post\n"
    "read,3,Paid,purchase,,\nread,0,Search,search,,\n"
    "send,1,Page,page_view,,\nsend,2,Sent,form_submission,,\n",
    "segments": """\
everybody,Everybody,person,false
posts,Posts,hit,false
both,Home and post,session,false
search_then_view,Search then view,session,false
away,Away or sent a form,person,false
post_then_paid,Post then paid,person,false
left_out,Left out or new,session,true
""",
    "segment_conditions": """\
posts,1,1,1,false,page_view,,/post,,,,,,,,
posts,2,2,1,true,page_view,,,,,country_code,is,de,,,
both,1,1,1,false,page_view,,^shop[^/]*/$,,,,,,2,,
both,2,2,1,false,page_view,,/post,,,,,,,,
both,2,3,1,false,,,,,,device_type,is,Mobile,,,
search_then_view,1,1,1,false,search,,,,,,,,,,
search_then_view,1,1,2,false,page_view,,,,,is_engaged,is,true,,,29
away,1,1,1,true,,,,,,hits,at least,1,,20,
away,1,2,1,false,,,,,form,,,,,,
post_then_paid,1,1,1,false,page_view,,/post,,,,,,,,
post_then_paid,1,1,2,false,purchase,,,10,,,,,2,30,20000
left_out,1,1,1,false,,,,,,excluded_as,matches,.,,,
left_out,1,2,1,false,,,,,,is_new_person,is,true,,,
""",
}
SITES = ["shop", "blog", "unlisted", "slow", None]
VISITORS = ["a", "b", "c", "d", "e", "f"]
USERS = ["u", "v", "w", "a", "null"]
AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    None,
]
REFERRERS = ["https://www.google.com/", "https://blog.example.com/x", "https://t.co/1"]
PAGES = [
    "https://shop.example.com/",
    "https://shop.example.com/?utm_source=Mail&utm_medium=email&utm_campaign=May",
    "https://blog.example.com/post?gclid=1",
    "https://blog.example.com/post",
]
# Midnights in Berlin and New York, both changes to summer time, a plain noon, and dates
# 25 to 35 days from others: a run looks at the days of a person for 31 days around.
ANCHORS = [
    datetime(2026, 2, 10, 12, 0),
    datetime(2026, 3, 12, 12, 0),
    datetime(2026, 3, 28, 23, 0),
    datetime(2026, 3, 29, 1, 0),
    datetime(2026, 3, 8, 7, 0),
    datetime(2026, 3, 31, 22, 0),
    datetime(2026, 4, 6, 4, 0),
    datetime(2026, 4, 20, 12, 0),
    datetime(2026, 5, 15, 12, 0),
]
# Beside the goal of the project itself: counted in each way, of hits and of sessions.
GOALS = """\
form,form_submission,,,,,,,,session,5,EUR,,
campaign,page_view,,,utm_campaign,,,,,person,,,,
long,,,blog,,,,1800,,,1,USD,true,
large,purchase,,,,,50,,2,hit,,,,7
"""
TARGETS = """\
2026-03-01,shop,sessions,,20
2026-04-01,(all),users,,20
2026-05-01,blog,conversions,form,2
2026-05-01,(all),revenue,,200.5
"""
SPLITS = ["", "shop,campaign\nblog,midnight\n", "shop,midnight\nblog,campaign\nblog,midnight\n"]
GAPS = [
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(seconds=9),
    timedelta(seconds=10),
    timedelta(minutes=7),
    timedelta(minutes=29, seconds=59, microseconds=999999),
    timedelta(minutes=30),
    timedelta(minutes=30, microseconds=1),
    timedelta(minutes=30, milliseconds=400),
    timedelta(minutes=45),
    timedelta(hours=11),
]


def random_hits(rng: random.Random, count: int) -> Iterator[Row]:
    """Walks of a visitor from an anchor on, with gaps around the timeout."""
    number = 0
    while number < count:
        visitor = rng.choice(VISITORS)
        site = rng.choice(SITES)
        at = rng.choice(ANCHORS) - timedelta(minutes=rng.choice([0, 1, 20, 40]))
        if rng.random() < 0.03:
            at = at.replace(year=2099)
        agent = rng.choice(AGENTS)
        signs_in = rng.random() < 0.3
        tool_session = f"{visitor}{rng.randrange(4)}"
        for _ in range(rng.choice([1, 1, 2, 3, 5, 9])):
            number += 1
            is_purchase = rng.random() < 0.1
            yield {
                "hit_id": f"h{rng.randrange(10**9):09d}",
                "visitor_id": visitor,
                "event_at": at,
                "loaded_at": None,
                "site_id": site,
                "user_id": rng.choice(USERS) if signs_in and rng.random() < 0.5 else None,
                "hit_type": "purchase"
                if is_purchase
                else rng.choice(
                    ["page_view", "page_view", "page_view", "search", "form_submission"]
                ),
                "page_url": rng.choice(PAGES),
                "referrer_url": rng.choice([*REFERRERS, None, None]),
                "user_agent": agent,
                "ip": f"198.51.{VISITORS.index(visitor)}.7",
                "country_code": rng.choice(["DE", "US", None]),
                "utm_source": "google" if rng.random() < 0.1 else None,
                "utm_medium": "cpc" if rng.random() < 0.1 else None,
                "value": f"{rng.randrange(10000) / 100:.2f}" if is_purchase else None,
                "source_session_id": rng.choice([tool_session, tool_session, "s", None]),
                "currency": ["EUR", "USD", None][number % 3] if is_purchase else None,
            }
            at += rng.choice(GAPS)


def deliveries(rng: random.Random, hits: list[Row]) -> list[Row]:
    """The hits with their arrival times, some repeated, some of them altered."""
    rows: list[Row] = []
    for hit in hits:
        arrived = hit["event_at"] + timedelta(minutes=rng.randrange(5000))
        first = {**hit, "loaded_at": min(arrived, datetime(2026, 6, 1))}
        rows.append(first)
        while rng.random() < 0.15:
            copy = {**first}
            copy["loaded_at"] += timedelta(days=rng.choice([-9, -1, 0, 0, 1]))
            change = rng.random()
            if change < 0.3:
                copy["event_at"] += rng.choice([*GAPS, timedelta(days=-20)])
            elif change < 0.4:
                copy["visitor_id"] = rng.choice(VISITORS)
            elif change < 0.5:
                copy["user_id"] = rng.choice(USERS)
            elif change < 0.6:
                copy["page_url"] = rng.choice(PAGES)
            rows.append(copy)
        if rng.random() < 0.03:
            rows.append({**first, "visitor_id": rng.choice(["", "undefined"])})
    return rows


def batches(rng: random.Random, rows: list[Row], count: int) -> list[list[Row]]:
    """The deliveries in `count` batches: shuffled, or by arrival, or by event."""
    order = rng.choice(["shuffled", "loaded_at", "event_at", "backwards"])
    if order == "shuffled":
        rng.shuffle(rows)
    elif order == "backwards":
        rows.sort(key=lambda row: row["event_at"], reverse=True)
    else:
        rows.sort(key=lambda row: row[order])
    cuts = sorted(rng.randrange(len(rows) + 1) for _ in range(count - 1))
    return [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]


def write_batch(rng: random.Random, folder: Path, number: int, rows: list[Row]) -> None:
    """One file a batch, as CSV, JSON lines or Parquet; sometimes two."""
    if len(rows) > 3 and rng.random() < 0.2:
        write_batch(rng, folder, number * 100, rows[: len(rows) // 2])
        rows = rows[len(rows) // 2 :]
    if not rows:
        return
    kind = rng.choice(["csv", "jsonl", "parquet"])
    path = folder / f"hits_{number:04d}.{kind}"
    if kind == "csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return
    lines = "".join(json.dumps(row, default=str) + "\n" for row in rows)
    if kind == "jsonl":
        path.write_text(lines)
        return
    source = folder.parent / "rows.json"
    source.write_text(lines)
    columns = {name: "varchar" for name in rows[0]}
    columns |= {"event_at": "timestamp", "loaded_at": "timestamp"}
    duckdb.execute(
        f"copy (from read_json('{source}', format = 'nd', columns = {columns}))"
        f" to '{path}' (format parquet)"
    )


def load_batch(database: Path, rows: list[Row]) -> None:
    """The rows into a table of a warehouse, in the place of files."""
    source = database.with_name("rows.json")
    source.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows))
    columns = {name: "varchar" for name in rows[0]}
    columns |= {"event_at": "timestamp", "loaded_at": "timestamp"}
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema if not exists raw")
        batch = f"from read_json('{source}', format = 'nd', columns = {columns})"
        connection.execute(f"create table if not exists raw.hits as {batch} limit 0")
        connection.execute(f"insert into raw.hits {batch}")
    source.unlink()


def change_a_rule(rng: random.Random, project: Path) -> str:
    """Edits a seed as an analyst would."""
    edits = {
        "sites": ("shop,Europe/Berlin,1800", "shop,Asia/Kolkata,2700"),
        "goals": ("form,form_submission,,,,,,,,session", "form,form_submission,,,,,,,,hit"),
        "channel_rules": ("10,Direct,", "10,Straight,"),
        "site_hosts": ("shop.example.com,shop", "shop.example.com,blog"),
        "placeholder_ids": ("undefined\n", ""),
        "segment_conditions": (
            "both,1,1,1,false,page_view,,^shop[^/]*/$,,,,,,2",
            "both,1,1,1,true,page_view,,/post,,,,,,1",
        ),
        "bot_rules": ("10,cubot", "5,iphone,true,No phones,,true\n10,cubot"),
    }
    name = rng.choice(sorted(edits))
    seed = project / "seeds" / f"{name}.csv"
    before, after = edits[name]
    text = seed.read_text()
    assert before in text, f"{name}.csv is not as this test expects"
    seed.write_text(text.replace(before, after))
    return name


def switch_rules_on(project: Path) -> None:
    """Has rules that are off by default take part, with limits that these hits reach."""
    rules = {
        "bot_behaviors": [
            "10,Fast,,,3,3,,,,true",
            "20,Clockwork,shop,,3,,,20,,true",
            "30,Sleepless,,,2,,,,3,true",
        ],
        "address_rules": [
            "10,198.51.0.0/24,internal,Office,,true",
            "20,198.51.1.0/24,bot,Monitor,monitor,true",
        ],
        "internal_rules": ["10,,user_id,^v$,V,true", "20,blog,page_url,gclid,Marked,true"],
        "referrer_spam": ["t.co,true"],
    }
    for name, rows in rules.items():
        seed = project / "seeds" / f"{name}.csv"
        header = seed.read_text().splitlines()[0]
        seed.write_text("\n".join([header, *rows]) + "\n")


def marts(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every mart's rows, sorted."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.sql(
            "select table_name from information_schema.tables"
            " where table_schema = 'marts' and table_name not like '%\\_\\_%' escape '\\'"
            " order by 1"
        ).fetchall()
        return {
            name: sorted(connection.table(f"marts.{name}").fetchall(), key=repr)
            for (name,) in names
        }


def differences(left: Path, right: Path) -> list[str]:
    """What differs between the marts of two databases."""
    found = []
    mart_rows = marts(left), marts(right)
    assert mart_rows[0].keys() == mart_rows[1].keys()
    for name in mart_rows[0]:
        one, other = (set(map(repr, rows[name])) for rows in mart_rows)
        if one != other or len(mart_rows[0][name]) != len(mart_rows[1][name]):
            found.append(
                f"{name}: {len(one - other)} rows only incremental, such as"
                f" {sorted(one - other)[:2]}; {len(other - one)} only in the full"
                f" refresh, such as {sorted(other - one)[:2]}"
            )
    return found


def new_project(root: Path, files: Path, reads_tables: bool) -> Project:
    """A copy of the project with more rules, that reads the hits in `files`."""
    project = Project(root)
    project.env["FOOTFALL_HITS"] = "table:raw.hits" if reads_tables else f"{files}/*"
    if reads_tables:
        project.env["FOOTFALL_SOURCE_DATABASE"] = files / "warehouse.duckdb"
    for name, lines in ADDED_RULES.items():
        with (root / f"seeds/{name}.csv").open("a") as file:
            file.write(lines)
    return project


def check_seed(
    seed: int, folder: Path, count: int = 4, edit: Callable[[Path], None] = lambda _: None
) -> list[str]:
    """The differences between incremental and full refresh for one seed.

    `edit` is applied to the project that runs incrementally, and to no other: it
    plants bugs, see mutants.py.
    """
    rng = random.Random(seed)
    files = folder / "files"
    files.mkdir(parents=True)
    reads_tables = seed % 4 == 3
    project = new_project(folder / "incremental", files, reads_tables)
    full = new_project(folder / "full", files, reads_tables)
    for seed_name, seed_rows in [
        ("goals", GOALS),
        ("targets", TARGETS),
        ("session_splits", SPLITS[seed % 3]),
    ]:
        with (project.root / f"seeds/{seed_name}.csv").open("a") as seed_file:
            seed_file.write(seed_rows)
    edit(project.root)
    if seed % 2:
        switch_rules_on(project.root)

    hits = list(random_hits(rng, rng.choice([20, 60, 120])))
    cut = batches(rng, deliveries(rng, hits), count)
    # A rule that changes has all rebuilt: at times, so that most runs are incremental.
    change_after = rng.choice([None, None, None, *range(count - 1)])
    for number, rows in enumerate(cut):
        if reads_tables:
            if rows:
                load_batch(files / "warehouse.duckdb", rows)
        else:
            write_batch(rng, files, number, rows)
        if any(files.iterdir()):
            project.build()
        if change_after == number:
            change_a_rule(rng, project.root)
    project.build()
    shutil.copytree(project.root / "seeds", full.root / "seeds", dirs_exist_ok=True)
    full.build()
    return differences(project.database, full.database)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1-5", help="first-last")
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--keep", type=Path, help="a folder for what the runs leave")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split("-"))
    Project.parsed = Path(tempfile.mkdtemp()) / "partial_parse.msgpack"
    failed = 0
    for seed in range(first, last + 1):
        folder = Path(tempfile.mkdtemp(dir=options.keep))
        found = check_seed(seed, folder, options.batches)
        print(f"seed {seed}: {'equal' if not found else 'DIFFERENT'}", flush=True)
        for difference in found:
            print("   ", difference)
        if found:
            failed += 1
            print("    kept in", folder)
        else:
            shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
