"""Plain Python that reads the samples of the raw formats, by the rules of their pages in
docs/formats and by none of the project's SQL."""

import csv
import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow.parquet as pq
from footfall import ROOT
from make_format_samples import SNOWPLOW_FIELDS
from sessionizer import Hit, Input, first_column, instant, md5

STATIC_FILES = first_column(ROOT / "seeds/static_files.csv")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def lines_of(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield from text.decode().splitlines()


def request_hit(
    hit_id: str, at: datetime, who: tuple[str, str, str], asked: str, url: str, html: bool
) -> Hit:
    """A hit of a log: who is host, address and user agent, asked is method and status."""
    method, status = asked.split()
    is_seen = method == "GET" and (status[0] == "2" or status == "304")
    is_page = urlsplit(url).path.rpartition(".")[2] not in STATIC_FILES and html
    kind = "page_view" if is_seen and is_page else "request"
    return Hit(hit_id, "default", md5("|".join(who)), None, at, kind, url)


def read_cloudfront(folder: Path) -> Input:
    read, names = Input(), list[str]()
    for line in lines_of(folder):
        if line.startswith("#"):
            names = line.removeprefix("#Fields:").split()
            continue
        read.raw_rows += 1
        row = dict(zip(names, line.split("\t"), strict=True))
        row = {name: "" if value == "-" else value for name, value in row.items()}
        hit_id, query = row["x-edge-request-id"], row["cs-uri-query"].replace("%25", "%")
        if hit_id in read.hits:
            read.duplicates += 1
            continue
        url = f"https://{row['x-host-header']}{row['cs-uri-stem']}{'?' if query else ''}{query}"
        read.hits[hit_id] = request_hit(
            hit_id,
            datetime.fromisoformat(f"{row['date']} {row['time']}+00:00"),
            (row["x-host-header"], row["c-ip"], unquote(row["cs(User-Agent)"])),
            f"{row['cs-method']} {row['sc-status']}",
            url,
            "html" in (row["sc-content-type"] or "html"),
        )
    return read


def time_of_cloudflare(start: str | int) -> datetime:
    if isinstance(start, str):
        return datetime.fromisoformat(start)
    return EPOCH + timedelta(microseconds=start // 1000 if start > 10**12 else start * 10**6)


def read_cloudflare(folder: Path) -> Input:
    read = Input()
    for line in lines_of(folder):
        read.raw_rows += 1
        row = json.loads(line)
        if row["WorkerSubrequest"]:
            read.rejected += 1
            continue
        host = row["ClientRequestHost"]
        read.hits[row["RayID"]] = request_hit(
            row["RayID"],
            time_of_cloudflare(row["EdgeStartTimestamp"]),
            (host, row["ClientIP"], row["ClientRequestUserAgent"]),
            f"{row['ClientRequestMethod']} {row['EdgeResponseStatus']}",
            f"https://{host}{row['ClientRequestURI']}",
            "html" in (row["EdgeResponseContentType"] or "html"),
        )
    return read


def read_load_balancer(folder: Path) -> Input:
    read = Input()
    for line in lines_of(folder):
        read.raw_rows += 1
        fields = next(csv.reader([line], delimiter=" "))
        method, _, url = fields[12].partition(" ") if len(fields) > 20 else ("-", "", "")
        if method == "-":
            read.rejected += 1
            continue
        url = url.partition(" ")[0].replace(":443/", "/")
        address = fields[3].rpartition(":")[0].strip("[]")
        agent = "" if fields[13] == "-" else fields[13]
        hit_id = md5(f"{line}|1")
        read.hits[hit_id] = request_hit(
            hit_id,
            datetime.fromisoformat(fields[21]),
            (urlsplit(url).netloc, address, agent),
            f"{method} {fields[8]}",
            url,
            True,
        )
    return read


def tables_of(folder: Path) -> list[dict[str, str]]:
    """The rows of text and Parquet files, in the order of the names of the files."""
    rows: list[dict[str, str]] = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".parquet":
            found = pq.read_table(path).to_pylist()
            rows += [{k: "" if v is None else str(v) for k, v in row.items()} for row in found]
            continue
        text = gzip.decompress(path.read_bytes()).decode()
        if ".csv" in path.name:
            rows += list(csv.DictReader(io.StringIO(text)))
        elif ".json" in path.name:
            rows += [json.loads(line) for line in text.splitlines()]
        else:
            lines = [line.split("\t") for line in text.splitlines()]
            rows += [dict(zip(SNOWPLOW_FIELDS, line, strict=True)) for line in lines]
    return rows


def utc(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


SNOWPLOW_TYPES = {
    "page_view": "page_view",
    "page_ping": "ping",
    "link_click": "click",
    "submit_form": "form_submission",
    "transaction": "purchase",
}


def snowplow_time(row: dict[str, str]) -> datetime:
    derived, collected = utc(row["derived_tstamp"]), utc(row["collector_tstamp"])
    created, sent = utc(row["dvce_created_tstamp"]), utc(row["dvce_sent_tstamp"])
    if derived:
        return derived
    assert collected and created and sent
    return collected - (sent - created)


def read_snowplow(folder: Path) -> Input:
    read = Input()
    rows = tables_of(folder)
    for row in sorted(rows, key=lambda row: row["collector_tstamp"]):
        read.raw_rows += 1
        app = re.search('"userId": "([^"]+)"', row.get("contexts", ""))
        visitor = row["domain_userid"] or (app[1] if app else "") or row["network_userid"]
        if not visitor or visitor.startswith("00000000-"):
            read.rejected += 1
        elif row["event_id"] in read.hits:
            read.duplicates += 1
        else:
            read.hits[row["event_id"]] = Hit(
                row["event_id"],
                row["app_id"],
                visitor,
                row["user_id"] or None,
                snowplow_time(row),
                SNOWPLOW_TYPES.get(row["event_name"], "custom"),
                row["page_url"] or None,
            )
    return read


OWN_TYPES = {"view": "page_view", "tap": "click", "sent form": "form_submission"}
OWN_ORDER = ["happened", "cookie", "", "customer", "action", "", "address", "", "came_from"]
OWN_ORDER += ["browser", "", "", "", "", "", "", "", "paid", "", ""]


def read_own(folder: Path) -> Input:
    read = Input()
    for row in tables_of(folder):
        read.raw_rows += 1
        at = instant(row["happened"])
        content = "\x1f".join(row.get(column) or "\x1e" for column in OWN_ORDER)
        hit_id = row["id"] or md5(f"{content}|1")
        if not at or not row["cookie"]:
            read.rejected += 1
        elif hit_id in read.hits:
            read.duplicates += 1
        else:
            page, kind = row["address"] or None, row["action"]
            who = (row["cookie"], row["customer"] or None)
            kind = OWN_TYPES.get(kind, kind)
            read.hits[hit_id] = Hit(hit_id, "shop", *who, at, kind, page)
    return read


GA4_TYPES = {
    "page_view": "page_view",
    "user_engagement": "ping",
    "scroll": "scroll",
    "click": "click",
    "view_search_results": "search",
    "file_download": "download",
    "form_start": "form_start",
    "form_submit": "form_submission",
    "purchase": "purchase",
}


def ga4_hit(row: dict[str, Any]) -> Hit:
    params = {}
    for param in row["event_params"]:
        params[param["key"]] = next(str(v) for v in param["value"].values() if v is not None)
    subject = params.get("search_term") or params.get("file_name")
    content = (
        row["user_pseudo_id"],
        row["stream_id"],
        params["ga_session_id"],
        row["event_name"],
        row["event_timestamp"],
        params.get("page_location"),
        subject,
        None,
    )
    text = "\x1f".join("\x1e" if value is None else str(value) for value in content)
    places = ("batch_page_id", 16), ("batch_ordering_id", 6), ("batch_event_index", 6)
    places = (*places, ("event_bundle_sequence_id", 12))
    hit_id = "-".join([*(str(row[name]).zfill(width) for name, width in places), md5(text)])
    return Hit(
        hit_id,
        row["stream_id"],
        row["user_pseudo_id"],
        row.get("user_id"),
        EPOCH + timedelta(microseconds=int(row["event_timestamp"])),
        GA4_TYPES.get(row["event_name"], "custom"),
        params.get("page_location"),
    )


def read_ga4(folder: Path) -> Input:
    """The tables of whole days before the one of a day that went on."""
    read = Input()
    for path in sorted(folder.iterdir(), key=lambda path: "intraday" in path.name):
        if path.suffix == ".parquet":
            rows = pq.read_table(path).to_pylist()
        else:
            rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
        for row in rows:
            read.raw_rows += 1
            if not row.get("user_pseudo_id"):
                read.rejected += 1
                continue
            hit = ga4_hit(row)
            read.duplicates += hit.hit_id in read.hits
            read.hits.setdefault(hit.hit_id, hit)
    return read


SEGMENT_TYPES = {
    "product_clicked": "click",
    "products_searched": "search",
    "form_submitted": "form_submission",
    "order_completed": "purchase",
}


def read_segment(folder: Path) -> Input:
    read = Input()
    rows = []
    for path in sorted(folder.iterdir()):
        with gzip.open(path, "rt", newline="") as file:
            call = "identify" if "identifies" in path.name else "page_view"
            rows += [(call, row) for row in csv.DictReader(file)]
    for call, row in sorted(rows, key=lambda item: item[1]["received_at"]):
        read.raw_rows += 1
        if not row["anonymous_id"]:
            read.rejected += 1
        elif row["id"] in read.hits:
            read.duplicates += 1
        else:
            received, sent = utc(row["received_at"]), utc(row["sent_at"])
            original = utc(row["original_timestamp"])
            assert received and sent and original
            read.hits[row["id"]] = Hit(
                row["id"],
                "shop",
                row["anonymous_id"],
                row["user_id"] or None,
                utc(row["timestamp"]) or received - (sent - original),
                SEGMENT_TYPES.get(row["event"], "custom") if row.get("event") else call,
                row.get("url") or row["context_page_url"] or None,
            )
    return read


POSTHOG_TYPES = {"$pageview": "page_view", "$pageleave": "ping", "$autocapture": "click"}


def read_posthog(folder: Path) -> Input:
    read = Input()
    for line in lines_of(folder):
        row = json.loads(line)
        if "uuid" not in row:
            continue  # of the export of persons
        read.raw_rows += 1
        properties, at = json.loads(row["properties"]), instant(row["timestamp"])
        assert at
        clock = at.strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".")
        parts = (row["uuid"], row["event"], clock, row["distinct_id"], "\x1e")
        hit_id = md5("\x1f".join(parts))
        read.duplicates += hit_id in read.hits
        read.hits[hit_id] = Hit(
            hit_id,
            "shop",
            properties["$device_id"],
            row["distinct_id"] if properties["$is_identified"] else None,
            at,
            POSTHOG_TYPES.get(row["event"], "custom"),
            properties.get("$current_url"),
        )
    return read


PLAUSIBLE_TYPES = {
    "pageview": "page_view",
    "engagement": "ping",
    "Outbound Link: Click": "click",
    "File Download": "download",
    "Form: Submission": "form_submission",
}
PLAUSIBLE_KEY = "timestamp name site_id user_id session_id hostname pathname referrer"
PLAUSIBLE_KEY += " scroll_depth engagement_time raw_row"


def read_plausible(folder: Path) -> Input:
    read = Input()
    for path in sorted(folder.iterdir()):
        seen = Counter[str]()
        with gzip.open(path, "rt", newline="") as file:
            for row in csv.DictReader(file):
                read.raw_rows += 1
                content = "\x1f".join(row.get(name) or "\x1e" for name in PLAUSIBLE_KEY.split())
                seen[content] += 1
                hit_id, at = md5(f"{content}|{seen[content]}"), utc(row["timestamp"])
                assert at
                read.duplicates += hit_id in read.hits
                kind = PLAUSIBLE_TYPES.get(row["name"], "custom")
                page = f"https://{row['hostname']}{row['pathname']}"
                read.hits[hit_id] = Hit(hit_id, "7", row["user_id"], None, at, kind, page)
    return read


UMAMI_TYPES = {"1": "page_view", "3": "click"}


def read_umami(folder: Path) -> Input:
    read = Input()
    for row in tables_of(folder):
        read.raw_rows += 1
        at = datetime.fromisoformat(row["created_at"])
        query = f"?{row['url_query']}" if row["url_query"] else ""
        read.duplicates += row["event_id"] in read.hits
        read.hits[row["event_id"]] = Hit(
            row["event_id"],
            row["website_id"],
            row["session_id"],
            row["distinct_id"] or None,
            at,
            UMAMI_TYPES.get(row["event_type"], "custom"),
            f"https://{row['hostname']}{row['url_path']}{query}",
        )
    return read


MATOMO_PREFIXES = {"0": "http://", "1": "http://www.", "2": "https://", "3": "https://www."}
MATOMO_KINDS = {"1": "page_view", "2": "click", "3": "download", "8": "search"}


def matomo_tables(folder: Path, export: str) -> dict[str, list[dict[str, str]]]:
    """The rows of each table of an export, ids of visitors as hexadecimal digits."""
    tables: dict[str, list[dict[str, str]]] = {}
    for path in folder.glob(f"*_{export}.*"):
        table = path.name.removesuffix(path.name[path.name.index(f"_{export}.") :])
        if path.suffix == ".parquet":
            rows = pq.read_table(path).to_pylist()
            tables[table] = [
                {
                    k: "" if v is None else v.hex() if k == "idvisitor" else str(v)
                    for k, v in row.items()
                }
                for row in rows
            ]
        else:
            with gzip.open(path, "rt", newline="") as file:
                tables[table] = list(csv.DictReader(file))
    return tables


def read_matomo(folder: Path) -> Input:
    read = Input()
    for export in ("a", "b"):
        tables = matomo_tables(folder, export)
        names = {row["idaction"]: row for row in tables["log_action"]}
        visits = {row["idvisit"]: row for row in tables["log_visit"]}
        for row in tables["log_link_visit_action"] + tables["log_conversion"]:
            read.raw_rows += 1
            columns = ("idaction_url", "idaction_name", "idaction_event_action")
            asked = [row.get(column) or "0" for column in columns]
            if row["idvisit"] not in visits or any(i != "0" and i not in names for i in asked):
                read.rejected += 1
                continue
            url, name, event = (names.get(i) for i in asked)
            kinds = [MATOMO_KINDS.get(n["type"]) for n in (url, name) if n]
            kind = next((kind for kind in kinds if kind), "page_view")
            if kind in ("click", "download"):
                url = names[row["idaction_url_ref"]]
            page = MATOMO_PREFIXES.get(url["url_prefix"], "") + url["name"] if url else None
            hit_id = row["idlink_va"].zfill(20)
            if "idgoal" in row:
                kind, page = "purchase", row["url"] or None
                hit_id += f"-{row['idvisit']}-goal-{row['idgoal']}-{row['buster']}"
            read.duplicates += hit_id in read.hits
            at = utc(row["server_time"])
            assert at
            user = visits[row["idvisit"]]["user_id"] or None
            kind = "custom" if event else kind
            hit = Hit(hit_id, "1", row["idvisitor"], user, at, kind, page)
            read.hits.setdefault(hit_id, hit)
    return read


READERS: dict[str, Callable[[Path], Input]] = {
    "cloudfront": read_cloudfront,
    "cloudflare": read_cloudflare,
    "load_balancer": read_load_balancer,
    "snowplow": read_snowplow,
    "ga4": read_ga4,
    "segment": read_segment,
    "posthog": read_posthog,
    "plausible": read_plausible,
    "umami": read_umami,
    "matomo": read_matomo,
    "own": read_own,
}
