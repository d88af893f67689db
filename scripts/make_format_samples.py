"""Write a small sample of every further raw format: a week of sites that do not exist.

    python scripts/make_format_samples.py [FOLDER]      (FOLDER is `data` by default)

FOLDER/<format>/*   files as the tool of that name writes them

They are to be tried, by naming them, and to be tested with; no run reads them by
itself. Each holds the trouble that its format is known for: rows that come twice,
ids that are none, times in other units, what machines ask for. Every run writes the
same rows.
"""

import csv
import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from make_sample import (
    BERLIN,
    BLOG_ASSETS,
    BLOG_PAGES,
    GOOGLEBOT,
    SCANNED,
    START,
    UPTIME_ROBOT,
    USER_AGENTS,
    Dice,
    Hit,
    Person,
    new_device,
    thinking_time,
    visit_hits,
    write_gzip,
)

DAYS = 7
READERS = 40
PEOPLE = 60
HEALTH_CHECK = "ELB-HealthChecker/2.0"


def any_moment(dice: Dice) -> datetime:
    return START + timedelta(milliseconds=dice.between(0, DAYS * 86_400_000 - 1))


# Logs of what servers were asked


@dataclass(frozen=True)
class Request:
    """What a browser or a machine asked a site for."""

    at: datetime
    request_id: str
    ip: str
    user_agent: str
    host: str
    path: str
    query: str = ""
    method: str = "GET"
    status: int = 200
    referrer: str = ""
    country: str = "DE"

    @property
    def content_type(self) -> str:
        if self.status in (301, 304):
            return ""
        types = {"css": "text/css", "js": "text/javascript", "png": "image/png"}
        if self.path.startswith("/api/"):
            return "application/json"
        return types.get(self.path.rpartition(".")[2], "text/html; charset=utf-8")


def reading(dice: Dice, host: str, ip: str, user_agent: str, start: datetime) -> list[Request]:
    """One visit: pages, what they load, and now and then something that fails."""
    requests: list[Request] = []
    moment, referrer = start, dice.pick(["", "", "https://www.google.com/", "https://t.co/aB"])
    query = dice.pick(["", "", "utm_source=newsletter&utm_medium=email&utm_campaign=so%20long"])

    def ask(path: str, seconds: float = 0, **fields: object) -> None:
        at = moment + timedelta(seconds=seconds)
        who = (dice.hex(16), ip, user_agent, host, path)
        requests.append(Request(at, *who, **{"referrer": referrer, **fields}))

    for number in range(1 + min(9, int(dice.lognormal(1.2, 1)))):
        page = dice.pick(BLOG_PAGES)
        if page != "/" and dice.chance(0.1):
            ask(f"{page}/", status=301, query=query)
        if dice.chance(0.06):
            ask(f"{page}.html", status=404)
        ask(page, status=304 if dice.chance(0.1) else 200, query=query)
        referrer, query = f"https://{host}{page}", ""
        for asset in BLOG_ASSETS if number == 0 else []:
            ask(asset, 0.4)
        if dice.chance(0.2):
            ask("/api/likes", 1.5)
        if dice.chance(0.1):
            moment += thinking_time(dice)
            ask("/comments", method="POST", status=303)
        moment += thinking_time(dice)
    return requests


def requests_of_week(dice: Dice, host: str) -> list[Request]:
    """In the order of time; half of the readers come more than once."""
    requests: list[Request] = []
    for _ in range(READERS):
        ip, user_agent = dice.ip(), dice.weighted(USER_AGENTS)
        for _ in range(dice.between(1, 3)):
            requests += reading(dice, host, ip, user_agent, any_moment(dice))
    machines = [("GET", GOOGLEBOT, "/posts/late-hits", 200), ("GET", GOOGLEBOT, "/robots.txt", 200)]
    machines += [("HEAD", UPTIME_ROBOT, "/", 200), ("GET", HEALTH_CHECK, "/", 200)]
    machines += [("GET", "", path, 404) for path in SCANNED]
    for method, user_agent, path, status in machines * 4:
        who = (dice.hex(16), dice.ip(), user_agent, host, path)
        requests.append(Request(any_moment(dice), *who, method=method, status=status))
    return sorted(requests, key=lambda request: request.at)


CLOUDFRONT_FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status"
    " cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type"
    " x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for"
    " ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status"
    " fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type"
    " sc-content-type sc-content-len sc-range-start sc-range-end"
)


def encoded(text: str) -> str:
    """As CloudFront encodes: what is no plain character, and `%` itself."""
    return quote(text, safe="!$&'()*+,-./:;=?@_~") or "-"


def cloudfront_row(request: Request) -> str:
    known = {
        "date": f"{request.at:%Y-%m-%d}",
        "time": f"{request.at:%H:%M:%S}",
        "x-edge-location": "FRA56-P4",
        "sc-bytes": "1547",
        "c-ip": request.ip,
        "cs-method": request.method,
        "cs(Host)": "d111111abcdef8.cloudfront.net",
        "cs-uri-stem": encoded(request.path),
        "sc-status": str(request.status),
        "cs(Referer)": encoded(request.referrer),
        "cs(User-Agent)": encoded(request.user_agent),
        "cs-uri-query": encoded(request.query),
        "x-edge-result-type": "Miss",
        "x-edge-request-id": f"{request.request_id}==",
        "x-host-header": request.host,
        "cs-protocol": "https",
        "sc-content-type": encoded(request.content_type),
    }
    return "\t".join(known.get(name, "-") for name in CLOUDFRONT_FIELDS.split())


def write_cloudfront(folder: Path) -> None:
    """Two files; a hundred requests are in both, as deliveries may be repeated."""
    requests = requests_of_week(Dice(11), "www.example.com")
    half = len(requests) // 2
    for name, part in {"a": requests[: half + 100], "b": requests[half:]}.items():
        lines = ["#Version: 1.0", f"#Fields: {CLOUDFRONT_FIELDS}", *map(cloudfront_row, part)]
        path = folder / f"E2EXAMPLE.2026-03-08-23.{name}0b1c2d3.gz"
        write_gzip(path, "\n".join(lines) + "\n")


def cloudflare_row(request: Request, unit: str) -> str:
    start: object = request.at.isoformat().replace("+00:00", "Z")
    if unit == "unix":
        start = int(request.at.timestamp())
    elif unit == "unixnano":
        start = int(request.at.timestamp()) * 10**9 + request.at.microsecond * 1000
    return json.dumps({
        "RayID": request.request_id,
        "ParentRayID": "00",
        "WorkerSubrequest": False,
        "EdgeStartTimestamp": start,
        "ClientIP": request.ip,
        "ClientCountry": request.country.lower(),
        "ClientRequestMethod": request.method,
        "ClientRequestScheme": "https",
        "ClientRequestHost": request.host,
        "ClientRequestURI": request.path + (f"?{request.query}" if request.query else ""),
        "ClientRequestPath": request.path,
        "ClientRequestReferer": request.referrer,
        "ClientRequestUserAgent": request.user_agent,
        "EdgeResponseStatus": request.status,
        "EdgeResponseContentType": request.content_type.partition(";")[0],
        "EdgeResponseBytes": 1547,
        "Cookies": {},
    })  # fmt: skip


def write_cloudflare(folder: Path) -> None:
    """A file in each of the units of time; some requests are a Worker's own."""
    dice = Dice(12)
    requests = requests_of_week(dice, "app.example.com")
    third = len(requests) // 3
    for number, unit in enumerate(["rfc3339", "unix", "unixnano"]):
        part = requests[number * third : (number + 1) * third]
        rows = [json.loads(cloudflare_row(request, unit)) for request in part]
        for row in rows[::40]:
            workers = {"RayID": dice.hex(16), "ParentRayID": row["RayID"], "WorkerSubrequest": True}
            rows.append({**row, **workers, "ClientIP": "2a06:98c0:3600::103"})
        path = folder / f"2026030{number + 2}T000000Z_20260308T000000Z_{unit}.log.gz"
        write_gzip(path, "".join(json.dumps(row) + "\n" for row in rows))


def load_balancer_row(request: Request) -> str:
    answered = request.at + timedelta(seconds=0.25)
    url = f"https://{request.host}:443{request.path}"
    url += f"?{request.query}" if request.query else ""
    ip = f"[{request.ip}]" if ":" in request.ip else request.ip
    return (
        f"h2 {answered:%Y-%m-%dT%H:%M:%S.%f}Z app/front/50dc6c495c0c9188 {ip}:2817"
        f" 10.0.0.66:9000 0.000 0.250 0.000 {request.status} {request.status} 34 366"
        f' "{request.method} {url} HTTP/2.0" "{request.user_agent or "-"}"'
        " ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:tg/front/73e2d6"
        f' "Root=1-58337262-{request.request_id}" "{request.host}" "session-reused" 0'
        f' {request.at:%Y-%m-%dT%H:%M:%S.%f}Z "forward" "-" "-" "10.0.0.66:9000"'
        f' "{request.status}" "-" "-" TID_{request.request_id}'
    )


def write_load_balancer(folder: Path) -> None:
    """One file, with requests that were none among them."""
    rows = [load_balancer_row(r) for r in requests_of_week(Dice(13), "front.example.com")]
    asked = re.search('"[A-Z]+ https[^"]*"', rows[100])
    assert asked
    broken = rows[100].replace(asked[0], '"- https://front.example.com:443- -"')
    name = "123456789012_elasticloadbalancing_eu-central-1_app.front_20260308T2355Z.log.gz"
    write_gzip(folder / name, "\n".join([*rows, broken, "garbage"]) + "\n")


# What browsers and apps recorded


def event_hits(dice: Dice) -> list[Hit]:
    """A week of a shop's visitors: the hits that the main sample is made of."""
    hits: list[Hit] = []
    for number in range(PEOPLE):
        user_id = f"user-{number:03d}" if number % 4 == 0 else ""
        person = Person([new_device(dice) for _ in range(2 if user_id else 1)], user_id)
        for _ in range(dice.between(1, 4)):
            hits += visit_hits(dice, person, any_moment(dice))
    return sorted(hits, key=lambda hit: hit.event_at)


def system_of(user_agent: str) -> str:
    """As tools say it that keep no user agents."""
    systems = {"iPhone": "iOS", "iPad": "iOS", "Android": "Android", "Windows": "Windows"}
    systems |= {"Mac OS X": "Mac OS X", "Linux": "Linux"}
    return next((name for word, name in systems.items() if word in user_agent), "")


def browser_of(user_agent: str) -> str:
    browsers = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    return next((name for word, name in browsers.items() if word in user_agent), "")


def uuid(dice: Dice) -> str:
    digits = dice.hex(32)
    return "-".join(digits[a:b] for a, b in [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)])


def clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


SNOWPLOW_FIELDS = [
    "app_id",
    "platform",
    "etl_tstamp",
    "collector_tstamp",
    "dvce_created_tstamp",
    "event",
    "event_id",
    "txn_id",
    "name_tracker",
    "v_tracker",
    "v_collector",
    "v_etl",
    "user_id",
    "user_ipaddress",
    "user_fingerprint",
    "domain_userid",
    "domain_sessionidx",
    "network_userid",
    "geo_country",
    "geo_region",
    "geo_city",
    "geo_zipcode",
    "geo_latitude",
    "geo_longitude",
    "geo_region_name",
    "ip_isp",
    "ip_organization",
    "ip_domain",
    "ip_netspeed",
    "page_url",
    "page_title",
    "page_referrer",
    "page_urlscheme",
    "page_urlhost",
    "page_urlport",
    "page_urlpath",
    "page_urlquery",
    "page_urlfragment",
    "refr_urlscheme",
    "refr_urlhost",
    "refr_urlport",
    "refr_urlpath",
    "refr_urlquery",
    "refr_urlfragment",
    "refr_medium",
    "refr_source",
    "refr_term",
    "mkt_medium",
    "mkt_source",
    "mkt_term",
    "mkt_content",
    "mkt_campaign",
    "contexts",
    "se_category",
    "se_action",
    "se_label",
    "se_property",
    "se_value",
    "unstruct_event",
    "tr_orderid",
    "tr_affiliation",
    "tr_total",
    "tr_tax",
    "tr_shipping",
    "tr_city",
    "tr_state",
    "tr_country",
    "ti_orderid",
    "ti_sku",
    "ti_name",
    "ti_category",
    "ti_price",
    "ti_quantity",
    "pp_xoffset_min",
    "pp_xoffset_max",
    "pp_yoffset_min",
    "pp_yoffset_max",
    "useragent",
    "br_name",
    "br_family",
    "br_version",
    "br_type",
    "br_renderengine",
    "br_lang",
    "br_features_pdf",
    "br_features_flash",
    "br_features_java",
    "br_features_director",
    "br_features_quicktime",
    "br_features_realplayer",
    "br_features_windowsmedia",
    "br_features_gears",
    "br_features_silverlight",
    "br_cookies",
    "br_colordepth",
    "br_viewwidth",
    "br_viewheight",
    "os_name",
    "os_family",
    "os_manufacturer",
    "os_timezone",
    "dvce_type",
    "dvce_ismobile",
    "dvce_screenwidth",
    "dvce_screenheight",
    "doc_charset",
    "doc_width",
    "doc_height",
    "tr_currency",
    "tr_total_base",
    "tr_tax_base",
    "tr_shipping_base",
    "ti_currency",
    "ti_price_base",
    "base_currency",
    "geo_timezone",
    "mkt_clickid",
    "mkt_network",
    "etl_tags",
    "dvce_sent_tstamp",
    "refr_domain_userid",
    "refr_dvce_tstamp",
    "derived_contexts",
    "domain_sessionid",
    "derived_tstamp",
    "event_vendor",
    "event_name",
    "event_format",
    "event_version",
    "event_fingerprint",
    "true_tstamp",
]
SNOWPLOW_EVENTS = {
    "ping": "page_ping",
    "scroll": "page_ping",
    "click": "link_click",
    "search": "site_search",
    "form_start": "focus_form",
    "form_submission": "submit_form",
    "purchase": "transaction",
}
SNOWPLOW_KINDS = {"page_view", "page_ping", "transaction"}


def snowplow_event(dice: Dice, hit: Hit) -> dict[str, str]:
    """An enriched event. The clock of one device in three is wrong, by a day or so."""
    at = datetime.fromisoformat(hit.event_at)
    name = SNOWPLOW_EVENTS.get(hit.hit_type, "event" if hit.hit_name else hit.hit_type)
    wrong_by = timedelta(hours=int(hit.visitor_id[0], 16) - 8) * (hit.visitor_id[1] in "01234")
    lay = timedelta(milliseconds=dice.between(20, 90_000))
    collected = at + lay
    event = {
        "app_id": "shop",
        "platform": "web",
        "etl_tstamp": clock(collected + timedelta(seconds=40)),
        "collector_tstamp": clock(collected),
        "dvce_created_tstamp": clock(at + wrong_by),
        "dvce_sent_tstamp": clock(collected + wrong_by),
        "derived_tstamp": clock(at),
        "event": name if name in SNOWPLOW_KINDS else "unstruct",
        "event_name": name,
        "event_id": uuid(dice),
        "user_id": hit.user_id,
        "domain_userid": hit.visitor_id,
        "network_userid": hit.visitor_id[::-1],
        "domain_sessionid": hit.visitor_id[:8] + hit.event_at[:10],
        "geo_country": hit.country_code,
        "br_lang": hit.language,
        "page_url": hit.page_url,
        "page_title": hit.page_title,
        "page_referrer": hit.referrer_url,
        "useragent": hit.user_agent,
        "mkt_source": hit.utm_source,
        "mkt_medium": hit.utm_medium,
        "mkt_campaign": hit.utm_campaign,
    }
    if name == "event":
        event |= {"event": "struct", "se_category": hit.hit_type, "se_action": hit.hit_name}
    if name == "page_ping":
        seen = str(dice.between(0, 2000))
        event |= {"pp_yoffset_max": seen, "br_viewheight": "900", "doc_height": "3000"}
    if name == "transaction":
        event |= {"tr_total": hit.value, "tr_currency": hit.currency}
    return event


def snowplow_events(dice: Dice) -> list[dict[str, str]]:
    events = [snowplow_event(dice, hit) for hit in event_hits(dice)]
    for event in events[::50]:  # the pipeline did not work it out
        event["derived_tstamp"] = ""
    for event in events[7::60]:  # no cookie of the site
        event["domain_userid"] = ""
    for event in events[9::90]:  # asked not to be known
        event |= {"domain_userid": "", "network_userid": "00000000-0000-0000-0000-000000000000"}
    for event in events[11::90]:  # sent by a server
        event |= {"platform": "srv", "domain_userid": "", "network_userid": ""}
    for event in events[13::70]:  # an app
        session = {"userId": f"app-{event['domain_userid']}", "sessionId": event["event_id"]}
        data = {"schema": "iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2"}
        contexts = {"schema": "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0"}
        contexts["data"] = [{**data, "data": session}]  # type: ignore[assignment]
        event |= {"platform": "mob", "domain_userid": "", "contexts": json.dumps(contexts)}
    return events


def delivered_again(event: dict[str, str], **changes: str) -> dict[str, str]:
    """Sent once more, five minutes later."""
    times = {
        name: clock(datetime.fromisoformat(event[name]) + timedelta(minutes=5))
        for name in ("collector_tstamp", "dvce_sent_tstamp")
    }
    return {**event, **times, **changes}


def write_snowplow(folder: Path) -> None:
    """As the enricher, the table atomic.events and a lake have it; some events are in two
    of the files, the same or with another payload."""
    events = snowplow_events(Dice(21))
    third = len(events) // 3
    enriched, atomic, lake = events[:third], events[third : 2 * third], events[2 * third :]
    enriched += [delivered_again(event) for event in enriched[::40]]
    atomic += [delivered_again(event) for event in enriched[5::80]]
    atomic += [delivered_again(event, page_title="Another") for event in enriched[6::80]]
    lines = ["\t".join(event.get(name, "") for name in SNOWPLOW_FIELDS) for event in enriched]
    write_gzip(folder / "enriched_2026-03-04.tsv.gz", "\n".join(lines) + "\n")
    text = io.StringIO()
    columns = [name for name in SNOWPLOW_FIELDS if "context" not in name and "unstruct" not in name]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(atomic)
    write_gzip(folder / "atomic_events_2026-03-06.csv.gz", text.getvalue())
    write_parquet(folder / "events_2026-03-08.parquet", lake, SNOWPLOW_FIELDS)


GA4_COUNTRIES = {
    "DE": "Germany",
    "AT": "Austria",
    "CH": "Switzerland",
    "GB": "United Kingdom",
    "US": "United States",
    "FR": "France",
    "NL": "Netherlands",
}
GA4_NAMES = {
    "ping": "user_engagement",
    "search": "view_search_results",
    "download": "file_download",
    "form_submission": "form_submit",
}
GA4_TYPES = {
    "event_date": "varchar",
    "event_timestamp": "bigint",
    "event_name": "varchar",
    "event_params": "struct(key varchar, value struct(string_value varchar, int_value bigint,"
    " float_value double, double_value double))[]",
    "event_bundle_sequence_id": "bigint",
    "user_id": "varchar",
    "user_pseudo_id": "varchar",
    "privacy_info": "struct(analytics_storage varchar, ads_storage varchar)",
    "device": "struct(category varchar, language varchar, operating_system varchar,"
    " web_info struct(browser varchar))",
    "geo": "struct(country varchar)",
    "stream_id": "varchar",
    "platform": "varchar",
    "collected_traffic_source": "struct(manual_source varchar, manual_medium varchar,"
    " manual_campaign_name varchar, gclid varchar)",
    "ecommerce": "struct(purchase_revenue double, transaction_id varchar)",
    "batch_event_index": "bigint",
    "batch_page_id": "bigint",
    "batch_ordering_id": "bigint",
}


def ga4_params(**values: str | int) -> list[dict[str, object]]:
    return [
        {"key": key, "value": {f"{'int' if isinstance(v, int) else 'string'}_value": v}}
        for key, v in values.items()
        if v != ""
    ]


def ga4_events(dice: Dice) -> list[dict[str, Any]]:
    """Events of a batch bear the time of its first one; a session starts with an event of
    its own; one visitor in eight gave no consent."""
    events: list[dict[str, Any]] = []
    hits = sorted(event_hits(dice), key=lambda hit: (hit.visitor_id, hit.event_at))
    last = batch = datetime.min.replace(tzinfo=UTC)
    session = index = 0
    for number, hit in enumerate(hits):
        at = datetime.fromisoformat(hit.event_at)
        is_first = not events or hit.visitor_id != hits[number - 1].visitor_id
        if is_first or at - last > timedelta(minutes=30):
            session, batch, index = int(at.timestamp()), at, 0
        if hit.hit_type == "page_view" or at - batch > timedelta(seconds=20):
            batch, index = at, 0
        names = ["session_start"] if int(at.timestamp()) == session and index == 0 else []
        for name in [*names, GA4_NAMES.get(hit.hit_type, hit.hit_type)]:
            index += 1
            details: dict[str, str | int] = {
                "view_search_results": {"search_term": hit.hit_name},
                "file_download": {"file_name": hit.hit_name},
                "user_engagement": {"engagement_time_msec": dice.between(100, 20_000)},
                "scroll": {"percent_scrolled": 90},
            }.get(name, {})
            params = {
                "ga_session_id": session,
                "page_location": hit.page_url,
                "page_title": hit.page_title,
                "page_referrer": hit.referrer_url,
                **details,
            }
            no_consent = hit.visitor_id[0] in "07"
            tags = {"manual_source": hit.utm_source, "manual_medium": hit.utm_medium}
            tags["manual_campaign_name"] = hit.utm_campaign
            event: dict[str, Any] = {
                "event_date": f"{at + BERLIN.offset(at):%Y%m%d}",
                "event_timestamp": int(batch.timestamp()) * 10**6 + batch.microsecond,
                "event_name": name,
                "event_params": ga4_params(**params),
                "event_bundle_sequence_id": number,
                "user_id": hit.user_id or None,
                "user_pseudo_id": None if no_consent else f"{int(hit.visitor_id, 16)}.1772400000",
                "privacy_info": {"analytics_storage": "No" if no_consent else "Yes"},
                "device": ga4_device(hit),
                "geo": {"country": GA4_COUNTRIES.get(hit.country_code, "(not set)")},
                "stream_id": "1234567890",
                "platform": "WEB",
                "collected_traffic_source": {k: v for k, v in tags.items() if v} or None,
                "batch_event_index": index,
                "batch_page_id": int(batch.timestamp() * 1000),
                "batch_ordering_id": index,
            }
            if name == "purchase":
                event["ecommerce"] = {"purchase_revenue": float(hit.value)}
                event["event_params"] += ga4_params(currency=hit.currency)
            events.append(event)
        last = at
    return events


def ga4_device(hit: Hit) -> dict[str, Any]:
    """What GA4 makes of a user agent."""
    is_mobile = "Mobile" in hit.user_agent
    return {
        "category": "mobile" if is_mobile else "desktop",
        "language": hit.language,
        "operating_system": system_of(hit.user_agent).replace("Mac OS X", "Macintosh"),
        "web_info": {"browser": browser_of(hit.user_agent)},
    }


def as_bigquery_writes(value: Any) -> Any:
    """JSON of BigQuery: integers are text, and what is null is left out."""
    if isinstance(value, dict):
        return {k: as_bigquery_writes(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [as_bigquery_writes(item) for item in value]
    return str(value) if isinstance(value, int) else value


def write_ga4(folder: Path) -> None:
    """A table a day; of one day also the intraday table, whose titles are not final, and
    one as Parquet."""
    days: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in ga4_events(Dice(23)):
        days[event["event_date"]].append(event)
    intraday = [
        {**event, "event_params": [p for p in event["event_params"] if p["key"] != "page_title"]}
        for event in days["20260304"]
    ]
    tables = {f"events_{day}": rows for day, rows in days.items()}
    for name, rows in {**tables, "events_intraday_20260304": intraday}.items():
        lines = [json.dumps(as_bigquery_writes(row)) + "\n" for row in rows]
        write_gzip(folder / f"{name}.json.gz", "".join(lines))
    path = folder / "events_20260306.json.gz"
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in GA4_TYPES.items())
    duckdb.execute(
        f"copy (select * from read_json('{path}', columns = {{{columns}}}))"
        f" to '{path.with_name('events_20260306.parquet')}' (format parquet, compression zstd)"
    )
    path.unlink()


SEGMENT_EVENTS = {
    "click": "Product Clicked",
    "search": "Products Searched",
    "form_submission": "Form Submitted",
    "purchase": "Order Completed",
}


def segment_call(dice: Dice, hit: Hit) -> dict[str, str]:
    """The clock of one device in three is wrong; `timestamp` is put right."""
    at = datetime.fromisoformat(hit.event_at)
    wrong_by = timedelta(hours=int(hit.visitor_id[0], 16) - 8) * (hit.visitor_id[1] in "01234")
    lay = timedelta(milliseconds=dice.between(20, 90_000))
    call = {
        "id": f"ajs-{dice.hex(24)}",
        "anonymous_id": hit.visitor_id,
        "user_id": hit.user_id,
        "timestamp": clock(at),
        "original_timestamp": clock(at + wrong_by),
        "sent_at": clock(at + wrong_by + lay),
        "received_at": clock(at + lay),
        "context_page_url": hit.page_url,
        "context_page_referrer": hit.referrer_url,
        "context_user_agent": hit.user_agent,
        "context_locale": hit.language,
        "context_campaign_source": hit.utm_source,
        "context_campaign_medium": hit.utm_medium,
        "context_campaign_name": hit.utm_campaign,
    }
    if hit.hit_type == "page_view":
        return call | {"url": hit.page_url, "title": hit.page_title, "referrer": hit.referrer_url}
    name = SEGMENT_EVENTS.get(hit.hit_type, hit.hit_type.replace("_", " ").title())
    revenue = {"revenue": hit.value, "currency": hit.currency}
    return call | {"event": name.lower().replace(" ", "_"), "event_text": name} | revenue


def write_segment(folder: Path) -> None:
    """The tables pages, tracks and identifies; calls of a server have no anonymous id,
    some calls were replayed a day later."""
    dice = Dice(24)
    tables: dict[str, list[dict[str, str]]] = defaultdict(list)
    known: set[str] = set()
    for hit in event_hits(dice):
        call = segment_call(dice, hit)
        tables["tracks" if "event" in call else "pages"].append(call)
        if hit.user_id and hit.user_id not in known:
            known.add(hit.user_id)
            tables["identifies"].append(call | {"id": f"ajs-{dice.hex(24)}", "event": ""})
    for call in tables["tracks"][::40]:
        call["anonymous_id"] = ""
    for call in tables["pages"][::50]:
        call["timestamp"] = ""
    for name, calls in tables.items():
        replayed = [{**call, "received_at": call["sent_at"]} for call in calls[5::60]]
        for call in replayed:
            late = datetime.fromisoformat(call["sent_at"]) + timedelta(days=1)
            call["received_at"] = clock(max(late, datetime(2026, 3, 20)))
        columns = list(dict.fromkeys(column for call in calls for column in call))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(calls + [call for call in replayed if call["timestamp"]])
        write_gzip(folder / f"{name}.csv.gz", text.getvalue())


POSTHOG_EVENTS = {
    "page_view": "$pageview",
    "ping": "$pageleave",
    "click": "$autocapture",
}


def write_posthog(folder: Path) -> None:
    """As the batch export writes them, twice JSON lines; some events are in both, and some
    uuids were made twice."""
    dice = Dice(25)
    events: list[dict[str, Any]] = []
    for hit in event_hits(dice):
        at = datetime.fromisoformat(hit.event_at)
        properties = {
            "$device_id": hit.visitor_id,
            "$session_id": f"0195{hit.visitor_id[:4]}-{hit.event_at[:10]}",
            "$current_url": hit.page_url,
            "title": hit.page_title,
            "$referrer": hit.referrer_url or "$direct",
            "$raw_user_agent": hit.user_agent,
            "$geoip_country_code": hit.country_code,
            "$browser_language": hit.language,
            "utm_source": hit.utm_source,
            "utm_medium": hit.utm_medium,
            "utm_campaign": hit.utm_campaign,
            "$is_identified": bool(hit.user_id),
        }
        if hit.hit_type == "ping":
            seen = {"$prev_pageview_duration": 12.5, "$prev_pageview_max_scroll_percentage": 0.5}
            properties |= seen
        event = {
            "uuid": uuid(dice),
            "event": POSTHOG_EVENTS.get(hit.hit_type, hit.hit_type),
            "properties": json.dumps({k: v for k, v in properties.items() if v != ""}),
            "distinct_id": hit.user_id or hit.visitor_id,
            "timestamp": at.isoformat(),
            "created_at": (at + timedelta(seconds=30)).isoformat(),
        }
        events.append(event)
    for event, other in zip(events[3::80], events[50::80], strict=False):
        event["uuid"] = other["uuid"]
    half = len(events) // 2
    for name, part in {"a": events[: half + 20], "b": events[half:]}.items():
        lines = [json.dumps(event) + "\n" for event in part]
        write_gzip(folder / f"events_{name}.jsonl.gz", "".join(lines))
    write_posthog_persons(folder / "persons.jsonl.gz", events)


def write_posthog_persons(path: Path, events: list[dict[str, Any]]) -> None:
    """Who PostHog says that ids belong to. Devices had persons of their own before their
    users signed in."""
    dice, persons, rows = Dice(26), dict[str, str](), list[dict[str, Any]]()
    for event in events:
        user, properties = event["distinct_id"], json.loads(event["properties"])
        if not properties["$is_identified"]:
            continue
        if user not in persons:
            persons[user] = uuid(dice)
            rows.append({"distinct_id": user, "person_id": persons[user], "version": 0})
        device = properties["$device_id"]
        if device not in persons:
            persons[device] = uuid(dice)
            rows.append({"distinct_id": device, "person_id": persons[device], "version": 0})
            rows.append({"distinct_id": device, "person_id": persons[user], "version": 1})
    lines = [
        json.dumps(
            {
                "distinct_id": row["distinct_id"],
                "person_id": row["person_id"],
                "person_distinct_id_version": row["version"],
            }
        )
        + "\n"
        for row in rows
    ]
    write_gzip(path, "".join(lines))


def write_table(path: Path, rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_gzip(path, text.getvalue())


PLAUSIBLE_NAMES = {
    "page_view": "pageview",
    "ping": "engagement",
    "click": "Outbound Link: Click",
    "download": "File Download",
    "form_submission": "Form: Submission",
}


def write_plausible(folder: Path) -> None:
    """The table events_v2; the same visitor has another id every day."""
    rows: list[dict[str, str]] = []
    for hit in event_hits(Dice(26)):
        url = urlsplit(hit.page_url)
        day_id = str(int(hit.visitor_id, 16) ^ int(hit.event_at[8:10]))
        is_ping = hit.hit_type == "ping"
        rows.append({
            "timestamp": hit.event_at[:19].replace("T", " "),
            "name": PLAUSIBLE_NAMES.get(hit.hit_type, hit.hit_type),
            "site_id": "7",
            "user_id": day_id,
            "session_id": f"{day_id}{hit.event_at[11:13]}",
            "hostname": url.netloc,
            "pathname": url.path,
            "referrer": hit.referrer_url.removeprefix("https://"),
            "utm_source": hit.utm_source,
            "utm_medium": hit.utm_medium,
            "utm_campaign": hit.utm_campaign,
            "country_code": hit.country_code,
            "screen_size": "Mobile" if "Mobile" in hit.user_agent else "Desktop",
            "browser": browser_of(hit.user_agent),
            "operating_system": system_of(hit.user_agent).replace("Mac OS X", "Mac"),
            "scroll_depth": "60" if is_ping else "255",
            "engagement_time": "8500" if is_ping else "0",
        })  # fmt: skip
    half = len(rows) // 2
    write_table(folder / "events_a.csv.gz", [*rows[:half], *rows[half - 5 : half]])
    write_table(folder / "events_b.csv.gz", rows[half:])


def write_umami(folder: Path) -> None:
    """The table website_event with the columns of session; two exports overlap."""
    dice = Dice(27)
    rows: list[dict[str, str]] = []
    for hit in event_hits(dice):
        url, referrer = urlsplit(hit.page_url), urlsplit(hit.referrer_url)
        is_view = hit.hit_type == "page_view"
        rows.append({
            "event_id": uuid(dice),
            "website_id": "shop",
            "session_id": f"{hit.visitor_id}-0000",
            "visit_id": f"{hit.visitor_id[:8]}-{hit.event_at[:10]}",
            "distinct_id": hit.user_id,
            "created_at": hit.event_at.replace("T", " ").replace("Z", "+00"),
            "event_type": "1" if is_view else "3" if hit.hit_type == "click" else "2",
            "event_name": "" if is_view else hit.hit_type,
            "hostname": url.netloc,
            "url_path": url.path,
            "url_query": url.query,
            "page_title": hit.page_title,
            "referrer_domain": referrer.netloc,
            "referrer_path": referrer.path,
            "country": hit.country_code,
            "language": hit.language,
            "device": "mobile" if "Mobile" in hit.user_agent else "laptop",
            "browser": browser_of(hit.user_agent).lower(),
            "os": system_of(hit.user_agent).replace("Mac OS X", "Mac OS"),
        })  # fmt: skip
    half = len(rows) // 2
    write_table(folder / "website_event_a.csv.gz", rows[: half + 50])
    write_table(folder / "website_event_b.csv.gz", rows[half:])


MATOMO_PREFIXES = ["http://", "http://www.", "https://", "https://www."]
MATOMO_TYPES = {"page": 1, "outlink": 2, "download": 3, "title": 4, "search": 8}
MATOMO_TYPES |= {"category": 10, "action": 11, "name": 12}
MATOMO_DEVICES = {
    "Windows": {"config_device_type": "0", "config_browser_name": "CH", "config_os": "WIN"},
    "Mac OS": {"config_device_type": "0", "config_browser_name": "SF", "config_os": "MAC"},
    "iPhone": {"config_device_type": "1", "config_browser_name": "MF", "config_os": "IOS"},
    "Android": {"config_device_type": "1", "config_browser_name": "CM", "config_os": "AND"},
}
MatomoTables = dict[str, list[dict[str, Any]]]


class MatomoNames:
    """The table log_action: what was named once keeps its number."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}

    def number(self, kind: str, name: str) -> int:
        if not name:
            return 0
        prefix, bare = None, name
        if kind in ("page", "outlink", "download"):
            fitting = [p for p in MATOMO_PREFIXES if name.startswith(p)]
            prefix = MATOMO_PREFIXES.index(fitting[-1])
            bare = name.removeprefix(fitting[-1])
        key = name, MATOMO_TYPES[kind]
        if key not in self.rows:
            row = {"idaction": len(self.rows) + 1, "name": bare, "type": key[1]}
            self.rows[key] = row | {"url_prefix": prefix}
        return int(self.rows[key]["idaction"])


def matomo_action(names: MatomoNames, hit: Hit) -> dict[str, int]:
    """The numbers of what an action names, as each kind of action has them."""
    page = names.number("page", hit.page_url)
    if hit.hit_type == "page_view":
        return {"idaction_url": page, "idaction_name": names.number("title", hit.page_title)}
    if hit.hit_type == "search":
        return {"idaction_url": 0, "idaction_name": names.number("search", hit.hit_name or "tea")}
    if hit.hit_type in ("click", "download"):
        kind = "outlink" if hit.hit_type == "click" else "download"
        target = names.number(kind, f"https://example.org/{hit.hit_name or 'link'}")
        return {"idaction_url": target, "idaction_url_ref": page, "idaction_name": 0}
    return {
        "idaction_url": page,
        "idaction_name": names.number("name", hit.hit_name),
        "idaction_event_category": names.number("category", "Interaction"),
        "idaction_event_action": names.number("action", hit.hit_type),
    }


def matomo_tables(dice: Dice) -> MatomoTables:
    """Matomo ends a visit after half an hour, at midnight and at a campaign."""
    names, tables = MatomoNames(), defaultdict[str, list[dict[str, Any]]](list)
    last: dict[str, tuple[datetime, dict[str, Any]]] = {}
    for number, hit in enumerate(event_hits(dice), 1000):
        at = datetime.fromisoformat(hit.event_at).replace(microsecond=0, tzinfo=None)
        visitor = bytes.fromhex(hit.visitor_id[:16].ljust(16, "0"))
        before, visit = last.get(hit.visitor_id, (datetime.min, {}))
        goes_on = at - before <= timedelta(minutes=30) and at.date() == before.date()
        if not goes_on or hit.utm_campaign:
            device = next((d for word, d in MATOMO_DEVICES.items() if word in hit.user_agent), {})
            visit = {
                "idvisit": len(tables["log_visit"]) + 1,
                "idsite": 1,
                "idvisitor": visitor,
                "user_id": None,
                "visit_first_action_time": at,
                "referer_type": "6" if hit.utm_campaign else "3" if hit.referrer_url else "1",
                "referer_name": hit.utm_campaign or urlsplit(hit.referrer_url).netloc or None,
                "referer_url": hit.referrer_url or None,
                "location_country": hit.country_code.lower() or "xx",
                "location_browser_lang": hit.language or None,
                **device,
            }
            tables["log_visit"].append(visit)
        visit["user_id"] = hit.user_id or visit["user_id"]
        last[hit.visitor_id] = at, visit
        row = {
            "idlink_va": number,
            "idsite": 1,
            "idvisitor": visitor,
            "idvisit": visit["idvisit"],
            "server_time": at,
        }
        if hit.hit_type == "purchase":
            order = {
                "idgoal": 0,
                "buster": number,
                "url": hit.page_url,
                "revenue": float(hit.value),
            }
            tables["log_conversion"].append(row | {"idlink_va": number - 1} | order)
        else:
            tables["log_link_visit_action"].append(row | matomo_action(names, hit))
    tables["log_action"] = list(names.rows.values())
    return tables


def write_matomo(folder: Path) -> None:
    """Two exports of the four tables, by visits, of which some are in both: as text with
    ids in hexadecimal digits, and as Parquet with ids as bytes. A visit was deleted, but
    for its actions, and so was a name."""
    tables = matomo_tables(Dice(28))
    half = len(tables["log_visit"]) // 2
    del tables["log_visit"][half // 2], tables["log_action"][40]
    for name, first, last in [("a", 0, half + 5), ("b", half, 10**6)]:
        for table, rows in tables.items():
            part = [row for row in rows if first < row.get("idvisit", half + 1) <= last]
            columns = list(dict.fromkeys(column for row in part for column in row))
            path = folder / f"{table}_{name}.parquet"
            if name == "b":
                path.parent.mkdir(parents=True, exist_ok=True)
                values = {column: [row.get(column) for row in part] for column in columns}
                pq.write_table(pa.table(values), path, compression="zstd")
                continue
            text = io.StringIO()
            writer = csv.DictWriter(text, columns, lineterminator="\n")
            writer.writeheader()
            for row in part:
                decoded = {"idvisitor": row["idvisitor"].hex()} if "idvisitor" in row else {}
                writer.writerow(row | decoded)
            write_gzip(path.with_suffix(".csv.gz"), text.getvalue())


OWN_COLUMNS = {
    "id": "hit_id",
    "happened": "event_at",
    "cookie": "visitor_id",
    "customer": "user_id",
    "action": "hit_type",
    "address": "page_url",
    "came_from": "referrer_url",
    "browser": "user_agent",
    "paid": "value",
}
OWN_ACTIONS = {"page_view": "view", "click": "tap", "form_submission": "sent form"}


def write_own(folder: Path) -> None:
    """A table of somebody's own, once as text and once as JSON lines; a row in ten has no
    id, and ten are in both."""
    dice = Dice(22)
    rows: list[dict[str, str]] = []
    for hit in event_hits(dice):
        row = {own: getattr(hit, column) for own, column in OWN_COLUMNS.items()}
        row["action"] = OWN_ACTIONS.get(hit.hit_type, hit.hit_type)
        rows.append(row | ({"id": ""} if dice.chance(0.1) else {}))
    for row, wrong in zip(rows[5::50], [{"cookie": ""}, {"happened": "never"}] * 5, strict=False):
        row |= wrong
    half = len(rows) // 2
    text = io.StringIO()
    writer = csv.DictWriter(text, list(OWN_COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[:half])
    write_gzip(folder / "table.csv.gz", text.getvalue())
    lines = [json.dumps(row) + "\n" for row in rows[half - 10 :]]
    write_gzip(folder / "table.jsonl.gz", "".join(lines))


def write_parquet(path: Path, rows: list[dict[str, str]], columns: list[str]) -> None:
    """Times as timestamps, everything else as text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    typed = ", ".join(
        f"cast(nullif(r['{name}'], '') as timestamp) as {name}"
        if name.endswith("_tstamp")
        else f"nullif(r['{name}'], '') as {name}"
        for name in columns
    )
    with duckdb.connect() as connection:
        connection.execute("create table raw (number integer, r map(varchar, varchar))")
        connection.executemany("insert into raw values (?, ?)", list(enumerate(rows)))
        connection.execute(
            f"copy (select {typed} from raw order by number) to '{path}'"
            " (format parquet, compression zstd)"
        )


WRITERS: dict[str, Callable[[Path], None]] = {
    "cloudfront": write_cloudfront,
    "cloudflare": write_cloudflare,
    "load_balancer": write_load_balancer,
    "snowplow": write_snowplow,
    "ga4": write_ga4,
    "segment": write_segment,
    "posthog": write_posthog,
    "plausible": write_plausible,
    "umami": write_umami,
    "matomo": write_matomo,
    "own": write_own,
}


def main(folder: Path, formats: Iterable[str]) -> None:
    for name in formats:
        WRITERS[name](folder / name)
        size = sum(path.stat().st_size for path in (folder / name).iterdir())
        print(f"{folder / name}: {size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "data"), sys.argv[2:] or WRITERS)
