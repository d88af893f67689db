"""Whole runs of what is not stored, and of rules that are switched on and off again."""

import hashlib
from collections.abc import Callable

import duckdb
import pytest
from footfall import Project
from geo_database import write_geo_database

SALT = "pepper-that-no-file-may-hold"
TOKEN = "0123456789abcdef0123456789abcdef"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LOG = f'198.51.100.77 - - [02/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "{AGENT}"\n'
PARTS = ("--select", "+sessions", "+daily_exclusions")
PHONE = "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/80.0 Mobile"
HITS = [
    # hit_id, ip, country_code, page_url
    ("a", "198.51.100.77", None, "https://a.example/?mail=ines.k@mail.example"),
    ("b", "198.51.100.8", "FR", f"https://a.example/{TOKEN}"),
    ("c", "203.0.113.1", None, "https://a.example/"),
]


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    for tests in (project.root / "models").rglob("*_unit_tests.yml"):
        tests.unlink()  # to spare dbt the time to read them
    networks = {"198.51.100.0/24": {"country": {"iso_code": "DE"}}}
    project.env |= {
        "FOOTFALL_HITS": "hits.csv",
        "FOOTFALL_ACCESS_LOGS": "access.log",
        "FOOTFALL_SALT": SALT,
        "FOOTFALL_GEO_DATABASE": write_geo_database(project.root / "c.mmdb", networks, "Test"),
    }
    project.write("access.log", LOG)
    columns = ("hit_id", "ip", "country_code", "page_url")
    rows = [dict(zip(columns, hit, strict=True)) for hit in HITS]
    project.hits(
        "hits.csv",
        [
            row
            | {
                "visitor_id": row["hit_id"],
                "event_at": "2026-01-01 10:00:00",
                "user_agent": PHONE if row["hit_id"] == "c" else "GPTBot/1.2",
                "user_id": "Al@Example.com" if row["hit_id"] == "c" else None,
            }
            for row in rows
        ],
    )
    project.build(*PARTS)
    return project


def stored(project: Project, columns: str) -> list[tuple[object, ...]]:
    return project.query(
        f"select {columns} from intermediate.int_hit_deliveries"
        " where format = 'plain' order by hit_id"
    )


def test_a_country_is_the_sources_or_else_that_of_the_address(project: Project) -> None:
    assert project.query(
        "select country_code from marts.sessions order by started_at, session_id"
    ) == [("DE",), ("FR",), (None,), ("DE",)]


def test_a_visitor_of_a_log_is_a_salted_hash(project: Project) -> None:
    [(visitor,)] = project.query(
        "select visitor_id from intermediate.int_hit_deliveries where format = 'access_logs'"
    )
    parts = (SALT, "", "198.51.100.77", AGENT)
    assert visitor == hashlib.md5("|".join(parts).encode()).hexdigest()


def test_no_file_holds_the_salt_or_what_is_scrubbed(project: Project) -> None:
    inputs = {project.root / "hits.csv", project.root / "access.log"}
    files = [path for path in project.root.rglob("*") if path.is_file() and path not in inputs]
    holders = [
        path
        for path in files
        for text in (SALT, "ines.k@mail.example", "198.51.100.77")
        if text.encode() in path.read_bytes()
    ]
    assert holders == []


def verdicts(project: Project) -> list[tuple[object, ...]]:
    return project.query(
        "select session_id, excluded_as, bot_reason, bot_class, internal_reason"
        " from marts.sessions where session_id in ('a', 'b', 'c') order by 1"
    )


CRAWLER = ("bot", "Crawler list: GPTBot", "ai_crawler", None)


def test_a_bot_has_a_class_and_a_phone_called_cubot_is_none(project: Project) -> None:
    assert verdicts(project) == [("a", *CRAWLER), ("b", *CRAWLER), ("c", None, None, None, None)]
    assert project.query(
        "select excluded_as, reason, sum(sessions), sum(hits) from marts.daily_exclusions group by 1, 2"
    ) == [("bot", "Crawler list: GPTBot", 2, 2)]


def test_what_may_be_kept_no_longer_goes_without_the_raw_files(project: Project) -> None:
    assert stored(project, "ip_range, page_url") == [
        ("198.51.100.0/24", "https://a.example/?mail=(mail)"),
        ("198.51.100.0/24", f"https://a.example/{TOKEN}"),
        ("203.0.113.0/24", "https://a.example/"),
    ]
    (project.root / "hits.csv").unlink()
    rules = project.root / "seeds/scrub_rules.csv"
    rules.write_text(rules.read_text().replace(",(token),,false", ",(token),,true"))
    # Rules for bots and colleagues change with it, to spare a run.
    seeds = {"bot_classes": ("ai-crawler,true", "ai-crawler,false")}
    seeds["internal_rules"] = ("Employee,false", "Employee,true")
    for name, (before, after) in seeds.items():
        seed = project.root / f"seeds/{name}.csv"
        assert before in seed.read_text()
        seed.write_text(seed.read_text().replace(before, after))
    project.env["FOOTFALL_HITS"] = "more/*.csv"
    project.hits("more/hits.csv", [{"visitor_id": "d", "event_at": "2026-01-03", "hit_id": "d"}])
    project.build(*PARTS, vars={"keep_addresses": "none"})
    assert stored(project, "ip_range, page_url") == [
        (None, "https://a.example/?mail=(mail)"),
        (None, "https://a.example/(token)"),
        (None, "https://a.example/"),
        (None, None),
    ]
    assert project.query("select count(ip_range) from intermediate.int_session_days") == [(0,)]
    assert project.query("select landing_page_url from marts.sessions where session_id = 'b'") == [
        ("https://a.example/(token)",)
    ]
    assert verdicts(project) == [
        ("a", None, None, None, None),
        ("b", None, None, None, None),
        ("c", "internal", None, None, "Employee"),
    ]


def test_a_range_that_is_finer_than_what_is_kept_is_refused(project: Project) -> None:
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "insert into rules.address_rules"
            " values (90, '198.51.100.7/32', 'internal', 'Office', null, true)"
        )
    done = project.run(
        "compile", "--select", "int_address_matches", vars={"keep_addresses": "none"}
    )
    assert done.returncode != 0
    assert "the range 198.51.100.7/32 is finer than what the setting keep_addresses" in " ".join(
        done.stdout.split()
    )
