"""Every further raw format, from its sample to the marts: the sessions that plain Python
finds in the raw files; and what is wrong with files of a format, said in a sentence."""

import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from footfall import ROOT, Project
from make_format_samples import SNOWPLOW_FIELDS
from raw_formats import READERS, tables_of
from sessionizer import Session, cut_sessions

DATA = ROOT / "data"
INPUTS = {name: reader(DATA / name) for name, reader in READERS.items()}


@pytest.fixture(scope="module")
def project(new_project: Callable[[], Project]) -> Project:
    """All formats together, as one stream of hits."""
    project = new_project()
    for name in READERS:
        shutil.copytree(DATA / name, project.root / "data" / name)
        project.env[f"FOOTFALL_{name.upper()}"] = f"data/{name}/*"
    project.build()
    return project


# Tables of a warehouse

TABLES = {
    name: f"table:{name}.*"
    for name in ("ga4", "snowplow", "segment", "posthog", "plausible", "umami", "cloudflare")
}
TABLES |= {
    "own": "table:own.table_csv_gz, own.table_jsonl_gz",
    "matomo": "table:matomo_a.log_*, matomo_b.log_*",
}
# What says where rows stood, or when the file came.
ORIGINS = {"hit_reconciliation", "rejected_hits"}


def rows_of_file(path: Path) -> str:
    """A query for the rows of a file, of the types that they have in a warehouse."""
    if path.suffix == ".parquet":
        return f"read_parquet('{path}')"
    if ".json" in path.name or ".log" in path.name:
        return f"read_json('{path}', format = 'newline_delimited')"
    if ".csv" in path.name:
        return f"read_csv('{path}', all_varchar = true)"
    columns = dict.fromkeys(SNOWPLOW_FIELDS, "varchar")
    return f"read_csv('{path}', delim = '\t', quote = '', header = false, columns = {columns})"


def load_tables(database: Path, condition: str) -> None:
    """A table for each file of the samples, with the rows that meet the condition."""
    with duckdb.connect(str(database)) as connection:
        for name in TABLES:
            for path in (DATA / name).iterdir():
                schema, table = name, path.name.replace(".", "_")
                if name == "matomo":
                    table, _, export = path.name.partition(".")[0].rpartition("_")
                    schema = f"matomo_{export}"
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(
                    f'create or replace table {schema}."{table}" as'
                    f" select * from {rows_of_file(path)} as raw where {condition}"
                )


def test_tables_and_files_that_come_in_batches_give_the_same(
    project: Project, new_project: Callable[[], Project]
) -> None:
    """First comes a third of the rows of each table, of any time, and one format of files."""
    later = new_project()
    shutil.copytree(project.root / "data", later.root / "data")
    warehouse = later.root / "warehouse.duckdb"
    later.env["FOOTFALL_SOURCE_DATABASE"] = warehouse
    later.env |= {f"FOOTFALL_{name.upper()}": tables for name, tables in TABLES.items()}
    later.env["FOOTFALL_CLOUDFRONT"] = "data/cloudfront/*"
    load_tables(warehouse, "hash(raw) % 3 = 0")
    later.build("--select", "+sessions", "+daily_sessions", "+user_days")
    some_sessions = later.query("select count(*) from marts.sessions")[0][0]
    load_tables(warehouse, "true")
    later.env["FOOTFALL_LOAD_BALANCER"] = "data/load_balancer/*"
    later.build()
    sums, expected = later.checksums(), project.checksums()
    assert {k: v for k, v in sums.items() if k not in ORIGINS} == {
        k: v for k, v in expected.items() if k not in ORIGINS
    }
    assert 100 < some_sessions < sums["sessions"][0] * 0.8
    outcomes = """
        select format, rejection_reason, sum(raw_rows), sum(accepted_hits), sum(duplicate_hits)
        from marts.hit_reconciliation group by all order by all
    """
    assert later.query(outcomes) == project.query(outcomes)


def test_a_table_that_is_written_again_is_read_again(new_project: Callable[[], Project]) -> None:
    """In the database that is built. As many rows as before arrived in the hour, one of them
    another; one says no time of arrival."""
    project = new_project()
    project.env["FOOTFALL_HITS"] = "table:raw.hits"
    for last in (("b", "10:20"), ("c", "10:40")):
        rows = ", ".join(
            f"('{name}', timestamp '2026-03-02 09:00:00', timestamp '2026-03-02 {arrived}:00')"
            for name, arrived in (("a", "10:10"), last)
        )
        with duckdb.connect(str(project.database)) as connection:
            connection.execute("create schema if not exists raw")
            connection.execute(f"""
                create or replace table raw.hits as
                select * from (values {rows}, ('d', timestamp '2026-03-02 09:00:00', null))
                    as hits (visitor_id, event_at, loaded_at)
            """)
        project.build("--select", "+int_hit_deliveries", "+hit_reconciliation")
    assert project.query("""
        select deliveries.visitor_id, files.file_path
        from intermediate.int_hit_deliveries as deliveries
        inner join intermediate.int_files as files on deliveries.file_id = files.file_id
        order by 1
    """) == [
        ("a", "table:raw.hits 2026-03-02 10"),
        ("b", "table:raw.hits 2026-03-02 10"),
        ("c", "table:raw.hits 2026-03-02 10"),
        ("d", "table:raw.hits 1970-01-01 00"),
    ]


TABLE_FAULTS = {
    "a table that is not there": ("table:raw.hit", "there is no table 'raw.hit'."),
    "a table without a column": (
        "table:raw.nobody",
        "the table 'raw.nobody' has no column visitor_id; plain hits need visitor_id and event_at.",
    ),
    "a table with a mistyped column": (
        "table:raw.mistyped",
        "the table 'raw.mistyped' has the type BOOLEAN in the column event_at, which must be a"
        " timestamp or text like 2026-01-31 09:30:00.",
    ),
}


@pytest.mark.parametrize("name", TABLE_FAULTS)
def test_what_is_wrong_with_a_table_is_said_in_a_sentence(project: Project, name: str) -> None:
    pattern, sentence = TABLE_FAULTS[name]
    warehouse = project.root / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema if not exists raw")
        connection.execute("create or replace table raw.nobody as select now() as event_at")
        connection.execute(
            "create or replace table raw.mistyped as select 'a' as visitor_id, true as event_at"
        )
    done = project.run("run", env={"FOOTFALL_HITS": pattern, "FOOTFALL_SOURCE_DATABASE": warehouse})
    assert done.returncode != 0
    assert f"FOOTFALL_HITS: {sentence}" in " ".join(done.stdout.split())


def test_a_table_of_matomo_that_changes_changes_the_hits_of_its_export(
    new_project: Callable[[], Project],
) -> None:
    """With the second export comes, of the first one, a visit that was missing, and who the
    visitors were."""
    matomo = new_project()
    matomo.env["FOOTFALL_MATOMO"] = "matomo/*"
    parts = ("--select", "+sessions", "+hit_reconciliation")
    rejected = "select sum(rejected_hits) from marts.hit_reconciliation"
    for path in (DATA / "matomo").glob("*_a.*"):
        matomo.write(f"matomo/{path.name}", path.read_bytes())
    matomo.build(*parts)
    left_out = matomo.query(rejected)
    for path in (DATA / "matomo").glob("*_b.*"):
        matomo.write(f"matomo/{path.name}", path.read_bytes())
    visits = gzip.decompress((DATA / "matomo/log_visit_a.csv.gz").read_bytes()).decode()
    rows = list(csv.DictReader(io.StringIO(visits)))
    known = {row["idvisit"] for row in rows}
    gone = next(str(n) for n in range(1, 200) if str(n) not in known)
    changed = io.StringIO()
    writer = csv.DictWriter(changed, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "user_id": row["user_id"] or "late"} for row in rows)
    writer.writerow({**rows[0], "idvisit": gone})
    matomo.write("matomo/log_visit_a.csv.gz", gzip.compress(changed.getvalue().encode()))
    matomo.build(*parts)
    left_out += matomo.query(rejected)
    before = matomo.checksums()
    matomo.build(*parts, "--full-refresh")
    assert matomo.checksums() == before
    # At first 4 actions of a visit that is not there, and 9 of a page whose title is not.
    assert left_out == [(13,), (11,)]
    assert matomo.query("select count(*) from marts.sessions where user_id = 'late'")[0][0] > 20


PERSONS = {
    "events_1": [("a", "", "a"), ("b", "u", "u"), ("c", "", "c")],
    "persons_2": [("a", "q", 2), ("c", "r", 1)],
    "persons_1": [("a", "p", 1), ("u", "q", 5)],
    "events_2": [("d", "u", "u"), ("a", "", "a")],
}


def test_persons_of_posthog_may_come_before_and_after_their_events(
    new_project: Callable[[], Project],
) -> None:
    """The mapping of `a` that is written first comes last, when its events are counted."""
    posthog = new_project()
    posthog.env["FOOTFALL_POSTHOG"] = "posthog/*"
    parts = ("--select", "+users", "+user_days")
    for names in (["events_1", "persons_2"], ["persons_1", "events_2"]):
        for name in names:
            lines = [
                {
                    "uuid": f"{name}{number}",
                    "event": "$pageview",
                    "distinct_id": row[2],
                    "timestamp": f"2026-03-0{name[-1]}T1{number}:00:00Z",
                    "properties": {"$device_id": row[0], "$user_id": row[1]},
                }
                if name.startswith("events")
                else {
                    "distinct_id": row[0],
                    "person_id": row[1],
                    "person_distinct_id_version": row[2],
                }
                for number, row in enumerate(PERSONS[name])
            ]
            posthog.hits(f"posthog/{name}.jsonl", lines)
        posthog.build(*parts)
    assert posthog.query("""
        select person_id, is_identified, visitors, sessions from marts.users order by 1
    """) == [("q", True, 3, 4), ("r", False, 1, 1)]
    before = posthog.checksums()
    posthog.build(*parts, "--full-refresh")
    assert posthog.checksums() == before


def test_persons_of_the_sample_are_those_of_posthog(project: Project) -> None:
    with gzip.open(DATA / "posthog/persons.jsonl.gz", "rt") as file:
        rows = sorted(map(json.loads, file), key=lambda row: row["person_distinct_id_version"])
    persons = {row["distinct_id"]: row["person_id"] for row in rows}
    ids = "', '".join(INPUTS["posthog"].hits)
    found = project.query(f"""
        select coalesce(user_id, visitor_id), person_id from marts.sessions
        where session_id in ('{ids}')
    """)
    known = [(who, person) for who, person in found if who in persons]
    assert len(known) > 20
    assert all(person == persons[who] for who, person in known)


def session_row(session: Session) -> tuple[object, ...]:
    first, last, views = session.hits[0], session.hits[-1], session.page_views
    return (
        first.site,
        first.visitor,
        session.user,
        first.date,
        first.at.replace(tzinfo=None),
        last.at.replace(tzinfo=None),
        len(session.hits),
        len(views),
        session.count("click"),
        session.count("form_submission"),
        views[0].page_url if views else None,
        views[-1].page_url if views else None,
    )


@pytest.mark.parametrize("name", READERS)
def test_sessions_are_those_of_plain_python(project: Project, name: str) -> None:
    found = project.query("""
        select
            session_id, site_id, visitor_id, user_id, session_date, started_at, ended_at,
            hits, page_views, clicks, form_submissions, landing_page_url, exit_page_url
        from marts.sessions
    """)
    hits = INPUTS[name].hits
    expected = {session.id: session_row(session) for session in cut_sessions(hits.values())}
    assert {row[0]: row[1:] for row in found if row[0] in hits} == expected
    assert len(expected) > 30


def test_there_are_no_other_sessions(project: Project) -> None:
    known = {hit_id for read in INPUTS.values() for hit_id in read.hits}
    assert {row[0] for row in project.query("select session_id from marts.sessions")} <= known


@pytest.mark.parametrize("name", READERS)
def test_raw_rows_are_accepted_duplicate_or_rejected(project: Project, name: str) -> None:
    found = project.query(f"""
        select
            sum(raw_rows), sum(accepted_hits), sum(duplicate_hits), sum(rejected_hits)
        from marts.hit_reconciliation where format = '{name}'
    """)
    assert found == [INPUTS[name].outcomes]


def test_the_same_event_with_another_payload_is_reported(project: Project) -> None:
    [(different,)] = project.query("""
        select sum(different_duplicate_hits) from marts.hit_reconciliation
        where format = 'snowplow'
    """)
    events = [event for event in tables_of(DATA / "snowplow") if event["page_title"] == "Another"]
    assert different == len(events) > 0


def test_health_checks_are_bots(project: Project) -> None:
    found = project.query("""
        select distinct is_bot from marts.sessions where bot_reason = 'Health check'
    """)
    assert found == [(True,)]


SETTINGS = {
    "'visitor' is no column of a hit": {"visitor": "cookie", "event_at": "happened"},
    "no column is said to be event_at": {"visitor_id": "cookie"},
    "no column is said to be visitor_id, nor are ip and user_agent": {"event_at": "happened"},
}


@pytest.mark.parametrize("words", SETTINGS)
def test_a_wrong_mapping_of_columns_is_refused_in_a_sentence(project: Project, words: str) -> None:
    done = project.run("run", vars={"own_columns": SETTINGS[words]})
    assert done.returncode != 0
    assert f"Setting own_columns: {words}" in " ".join(done.stdout.split())


# The samples


def content(path: Path) -> object:
    """What a file says, whatever packed it."""
    if path.suffix == ".parquet":
        return duckdb.read_parquet(str(path)).fetchall()
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.fixture(scope="module")
def samples_made_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    script = ROOT / "scripts/make_format_samples.py"
    subprocess.run([sys.executable, script, folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", READERS)
def test_the_script_makes_the_sample_that_is_there(samples_made_again: Path, name: str) -> None:
    made, there = (
        {path.name: content(path) for path in (folder / name).iterdir()}
        for folder in (samples_made_again, DATA)
    )
    assert made == there


@pytest.mark.parametrize("name", READERS)
def test_the_sample_of_a_format_is_small(name: str) -> None:
    assert sum(path.stat().st_size for path in (DATA / name).iterdir()) <= 100_000


# Files that are not what they should be


FAULTS = {
    "a CloudFront log without a column": (
        "FOOTFALL_CLOUDFRONT",
        "#Version: 1.0\n#Fields: date time c-ip cs-uri-stem sc-status\n"
        "2026-03-02\t10:00:00\t192.0.2.1\t/\t200\n",
        "has no column cs-method; CloudFront logs need date, time, c-ip, cs-method,"
        " cs-uri-stem and sc-status.",
    ),
    "a CloudFront log with too few fields and no header": (
        "FOOTFALL_CLOUDFRONT",
        "2026-03-02\t10:00:00\t192.0.2.1\t/\t200\n",
        "has 5 fields in its first row and none of the columns date, time, c-ip, cs-method,"
        " cs-uri-stem, sc-status, and without a header CloudFront logs have 26 or 33 fields.",
    ),
    "a Cloudflare log without a column": (
        "FOOTFALL_CLOUDFLARE",
        '{"RayID": "a", "EdgeStartTimestamp": 1, "ClientIP": "192.0.2.1"}\n',
        "has no column clientrequestmethod; Cloudflare logs need rayid, edgestarttimestamp,"
        " clientip, clientrequestmethod, clientrequesturi or clientrequestpath and"
        " edgeresponsestatus.",
    ),
    "another log in the place of a load balancer's": (
        "FOOTFALL_LOAD_BALANCER",
        '192.0.2.1 - - [01/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 12\n',
        "holds no line of an Application Load Balancer among its first 1,000.",
    ),
    "Snowplow events of too few fields": (
        "FOOTFALL_SNOWPLOW",
        "shop\tweb\t2026-03-02 10:00:00\n",
        "has 3 fields in its first row and none of the columns event_id, derived_tstamp,"
        " collector_tstamp, domain_userid, network_userid, event_name, event, and without a"
        " header Snowplow events have 128 or 129 or 131 or 132 fields.",
    ),
    "Snowplow events without ids": (
        "FOOTFALL_SNOWPLOW",
        "app_id,derived_tstamp,domain_userid,event_name\n",
        "has no column event_id; Snowplow events need event_id, derived_tstamp or"
        " collector_tstamp, domain_userid or network_userid and event_name or event.",
    ),
    "GA4 events without parameters": (
        "FOOTFALL_GA4",
        "select 1767261600000000 as event_timestamp, 'a' as event_name, 'p' as user_pseudo_id",
        "has no column event_params; GA4 events need event_timestamp, event_name,"
        " user_pseudo_id and event_params.",
    ),
    "Segment calls without ids": (
        "FOOTFALL_SEGMENT",
        "select 'a' as anonymous_id, timestamp '2026-03-02' as timestamp",
        "has no column id; Segment calls need id, anonymous_id and timestamp or received_at.",
    ),
    "PostHog events whose time is a number": (
        "FOOTFALL_POSTHOG",
        "select 'u' as uuid, 'e' as event, 'd' as distinct_id, 1 as timestamp, '{}' as properties",
        "has the type INTEGER in the column timestamp, which must be a timestamp or text like"
        " 2026-01-31 09:30:00.",
    ),
    "Plausible's sums": (
        "FOOTFALL_PLAUSIBLE",
        "select date '2023-02-09' as date, 119 as visitors, 304 as pageviews",
        "has no column timestamp; Plausible events need timestamp, name, site_id, user_id and"
        " pathname.",
    ),
    "Umami events without a time": (
        "FOOTFALL_UMAMI",
        "select 'e' as event_id, 's' as session_id, 1 as event_type, '/' as url_path",
        "has no column created_at; Umami events need event_id, session_id, created_at,"
        " event_type and url_path.",
    ),
    "a table of one's own without a column": (
        "FOOTFALL_OWN",
        "id,happened,customer,action,address,came_from,browser,paid\n",
        "has no column cookie (which own_columns says is visitor_id); hits of your own need"
        " happened, cookie, id, customer, action, address, came_from, browser and paid.",
    ),
    "a table of one's own with a mistyped column": (
        "FOOTFALL_OWN",
        "select true as happened, 'c' as cookie, 'i' as id, 'u' as customer, 'a' as action,"
        " '/' as address, '' as came_from, '' as browser, '' as paid",
        "has the type BOOLEAN in the column happened (which own_columns says is event_at),"
        " which must be a timestamp or text like 2026-01-31 09:30:00.",
    ),
    "a table of one's own with a list for a column": (
        "FOOTFALL_OWN",
        "select '2026-03-02' as happened, ['c'] as cookie, 'i' as id, 'u' as customer,"
        " 'a' as action, '/' as address, '' as came_from, '' as browser, '' as paid",
        "has the type VARCHAR[] in the column cookie (which own_columns says is visitor_id),"
        " which must be text or a number.",
    ),
    "a table of Matomo without the others of its export": (
        "FOOTFALL_MATOMO",
        "idlink_va,idsite,idvisitor,idvisit,server_time,idaction_url,idaction_name\n",
        "has no file of log_visit beside it; the files of an export must be there together,"
        " their paths the same but for the names of the tables.",
    ),
    "Snowplow events whose time is none": (
        "FOOTFALL_SNOWPLOW",
        "select 'a' as event_id, true as derived_tstamp, 'd' as domain_userid, 'x' as event_name",
        "has the type BOOLEAN in the column derived_tstamp, which must be a timestamp or text"
        " like 2026-01-31 09:30:00.",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_is_not_of_its_format_is_refused_in_a_sentence(
    project: Project, tmp_path: Path, name: str
) -> None:
    variable, text, sentence = FAULTS[name]
    stems = {"FOOTFALL_OWN": "raw.csv", "FOOTFALL_MATOMO": "log_link_visit_action_1.csv"}
    path = tmp_path / stems.get(variable, "raw.log")
    if text.startswith("select"):
        path = path.with_suffix(".parquet")
        duckdb.execute(f"copy ({text}) to '{path}' (format parquet)")
    else:
        path.write_text(text)
    before = project.checksums()
    done = project.run("run", env={variable: path})
    assert done.returncode != 0
    assert f"{variable}: the file '{path}' {sentence}" in " ".join(done.stdout.split())
    assert project.checksums() == before


def test_a_file_that_names_no_table_of_matomo_is_refused_in_a_sentence(
    project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "log_conversion_item.csv"
    path.write_text("idvisit,idorder,price\n")
    done = project.run("run", env={"FOOTFALL_MATOMO": path})
    assert done.returncode != 0
    assert (
        f"FOOTFALL_MATOMO: the file '{path}' is named after none of the tables"
        " log_link_visit_action, log_conversion, log_visit, log_action."
    ) in " ".join(done.stdout.split())


SAME = {"ga4": 1.0, "matomo": 0.9, "plausible": 0.9}


@pytest.mark.parametrize("name", SAME)
def test_sessions_agree_with_those_of_the_tool_that_cut_them_alike(
    project: Project, name: str
) -> None:
    [(same, all_sessions)] = project.query(f"""
        select sum(sessions) filter (where reason = 'same'), sum(sessions)
        from marts.session_agreement where format = '{name}'
    """)
    assert SAME[name] <= same / all_sessions
    assert all_sessions == len(cut_sessions(INPUTS[name].hits.values()))


def test_devices_are_known_without_user_agents(project: Project) -> None:
    formats = ("ga4", "matomo", "plausible", "umami")
    for name in formats:
        ids = "', '".join(INPUTS[name].hits)
        found = project.query(f"""
            select count(*) filter (where device_type in ('desktop', 'mobile')), count(*)
            from marts.sessions where session_id in ('{ids}')
        """)
        assert found[0][0] / found[0][1] > 0.9, name


def test_countries_are_known_by_their_codes(project: Project) -> None:
    found = {code for (code,) in project.query("select country_code from marts.sessions")}
    assert found - {None} == {"DE", "AT", "CH", "FR", "NL", "US", "GB"}
