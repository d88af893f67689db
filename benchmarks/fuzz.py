"""Check the project and all methods of step.py against a plain Python loop.

Makes many small sets of hits that are heavy in what goes wrong: hits at the same
microsecond, gaps of exactly 30 minutes and a microsecond more, repeated deliveries
with other times, late hits, sign-ins and signs-out, sessions over midnight. The project
builds them in one run, and in another database batch by batch, the hits dealt out at
random; then every method of step.py cuts them once. Compares every session. Prints one
line of JSON, and exits with 1 if a session of the project is wrong.
"""

import argparse
import datetime
import json
import random
import shutil
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import step
from project import Project

HERE = Path(__file__).resolve().parent

Hit = dict[str, Any]

TIMEOUT = datetime.timedelta(minutes=30)
MICROSECOND = datetime.timedelta(microseconds=1)
GAPS = (
    *[datetime.timedelta(0)] * 3, MICROSECOND, datetime.timedelta(seconds=40),
    datetime.timedelta(minutes=15), TIMEOUT - MICROSECOND, TIMEOUT, TIMEOUT + MICROSECOND,
    datetime.timedelta(hours=9),
)  # fmt: skip
FIRST_HIT_COLUMNS = ("referrer_url", "country_code", "language")
COLUMNS = (
    "hit_id", "visitor_id", "user_id", "site_id", "event_at", "loaded_at", "hit_type",
    "page_url", *FIRST_HIT_COLUMNS, "value",
)  # fmt: skip
TYPES = ("page_view", "page_view", "click", "form_submission", "purchase", "scroll")


# The columns of a session that are compared, by their names in the mart.
COMPARED = (
    "session_id", "site_id", "visitor_id", "started_at", "ended_at", "hits", "page_views",
    "clicks", "form_submissions", "revenue", "referrer_url", "country_code", "language",
    "landing_page_url", "exit_page_url", "user_id",
)  # fmt: skip


def make_hits(chance: random.Random, name: str) -> list[Hit]:
    """A set of deliveries, in the order of arrival."""
    hits: list[Hit] = []
    for visitor in range(chance.randint(1, 30)):
        at = datetime.datetime(2026, 3, 1, 22, 30)
        for _ in range(chance.randint(1, 12)):
            at += chance.choice(GAPS)
            kind = chance.choice(TYPES)
            hits.append(
                {
                    "hit_id": f"{chance.getrandbits(40):010x}-{name}",
                    "visitor_id": f"v{visitor}-{name}",
                    "user_id": chance.choice([None, None, None, "u1", "u2"]),
                    "site_id": chance.choice(["shop", "shop", "shop", "docs"]),
                    "event_at": at,
                    "loaded_at": at + chance.random() * datetime.timedelta(days=3),
                    "hit_type": kind,
                    "page_url": chance.choice(["/a", "/b", "/c"]),
                    **{column: chance.choice([None, "XA", "XB"]) for column in FIRST_HIT_COLUMNS},
                    "value": Decimal(chance.randint(1, 999)) / 100 if kind == "purchase" else None,
                }
            )
    for hit in chance.sample(hits, len(hits) // 5):
        for _ in range(chance.randint(1, 2)):
            copy = dict(hit)
            copy["loaded_at"] += chance.choice([-1, 1]) * chance.choice(GAPS[3:])
            copy["event_at"] += chance.choice([-1, 0, 1]) * chance.choice(GAPS)
            copy["page_url"] = "/copy"
            # Without two copies that only their other columns tell apart.
            if all(
                (other["loaded_at"], other["event_at"]) != (copy["loaded_at"], copy["event_at"])
                for other in hits
                if other["hit_id"] == hit["hit_id"]
            ):
                hits.append(copy)
    return sorted(hits, key=lambda hit: hit["loaded_at"])


def sessions_of(hits: list[Hit]) -> list[tuple[Any, ...]]:
    """The sessions, hit by hit."""
    counted: dict[str, Hit] = {}
    for hit in hits:
        held = counted.get(hit["hit_id"])
        key = (hit["loaded_at"], hit["event_at"])
        if not held or key < (held["loaded_at"], held["event_at"]):
            counted[hit["hit_id"]] = hit
    sessions: list[list[Hit]] = []
    last: dict[tuple[str, str], list[Hit]] = {}
    for hit in sorted(counted.values(), key=lambda h: (h["event_at"], h["hit_id"])):
        place = (hit["site_id"], hit["visitor_id"])
        session = last.get(place)
        if not session or hit["event_at"] - session[-1]["event_at"] > TIMEOUT:
            session = last[place] = []
            sessions.append(session)
        session.append(hit)
    return [summary(session) for session in sessions]


def summary(session: list[Hit]) -> tuple[Any, ...]:
    first = session[0]
    pages = [hit["page_url"] for hit in session if hit["hit_type"] == "page_view"]
    users = [hit["user_id"] for hit in session if hit["user_id"]]
    kinds = [hit["hit_type"] for hit in session]
    return (
        first["hit_id"], first["site_id"], first["visitor_id"],
        first["event_at"], session[-1]["event_at"],
        len(session), len(pages), kinds.count("click"), kinds.count("form_submission"),
        sum((hit["value"] or Decimal(0) for hit in session), Decimal(0)),
        *(first[column] for column in FIRST_HIT_COLUMNS),
        *((pages[0], pages[-1]) if pages else (None, None)),
        users[-1] if users else None,
    )  # fmt: skip


def write(hits: list[Hit], path: Path) -> None:
    kinds = {"event_at": "timestamp", "loaded_at": "timestamp", "value": "decimal(10, 2)"}
    names = ", ".join(f"{column} {kinds.get(column, 'varchar')}" for column in COLUMNS)
    connection = duckdb.connect()
    connection.execute(f"create table written ({names})")
    connection.executemany(
        f"insert into written values ({', '.join('?' * len(COLUMNS))})",
        [[hit[column] for column in COLUMNS] for hit in hits],
    )
    connection.execute(f"copy written to '{path}' (format parquet)")


def wrong_sessions(project: Project, expected: list[tuple[Any, ...]]) -> int:
    """How many sessions the mart and the loop do not share."""
    connection = duckdb.connect(str(project.database), read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    found = connection.execute(f"select {', '.join(COMPARED)} from marts.sessions").fetchall()
    connection.close()
    return len(set(found) ^ set(expected)) + len(found) - len(set(found))


def fuzz(sets: int, seed: int, batches: int, work: Path) -> dict[str, Any]:
    chance = random.Random(seed)
    hits = [hit for number in range(sets) for hit in make_hits(chance, str(number))]
    expected = sessions_of(sorted(hits, key=lambda hit: hit["loaded_at"]))
    chance.shuffle(hits)
    folder = work / "fuzz"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = [folder / f"batch_{number}.parquet" for number in range(batches)]
    for number, file in enumerate(files):
        write(hits[number::batches], file)
    daily, once = Project(folder / "batches"), Project(folder / "once")
    daily.seed()
    for file in files:
        daily.add(file)
        daily.run()
    once.seed()
    once.add(*files)
    once.run()
    wrong = {
        "project": wrong_sessions(once, expected),
        "project, batch by batch": wrong_sessions(daily, expected),
    }
    found = step.measure(once, folder / "step", 1, step.METHODS)
    for name, figures in found["methods"].items():
        wrong[f"step: {name}"] = figures["differing"]["rows"]
    shutil.rmtree(folder)
    return {
        "kind": "fuzz",
        "sets": sets,
        "deliveries": len(hits),
        "sessions": len(expected),
        "batches": batches,
        "wrong": wrong,
        "failed": found["failed"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--work", type=Path, default=HERE / "work")
    options = parser.parse_args()
    found = fuzz(options.sets, options.seed, options.batches, options.work.resolve())
    print(json.dumps(found))
    wrong = [name for name, sessions in found["wrong"].items() if sessions and "project" in name]
    sys.exit(f"Wrong sessions: {', '.join(wrong)}" if wrong else 0)


if __name__ == "__main__":
    main()
