"""Write a small sample of every further raw format: a week of sites that do not exist.

    python scripts/make_format_samples.py [FOLDER]      (FOLDER is `data` by default)

FOLDER/<format>/*   files as the tool of that name writes them

They are to be tried, by naming them, and to be tested with; no run reads them by
itself. Each holds the trouble that its format is known for: rows that come twice,
ids that are none, times in other units, what machines ask for. Every run writes the
same rows.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from make_sample import (
    BLOG_ASSETS,
    BLOG_PAGES,
    GOOGLEBOT,
    SCANNED,
    START,
    UPTIME_ROBOT,
    USER_AGENTS,
    Dice,
    thinking_time,
    write_gzip,
)

DAYS = 7
DAY = timedelta(days=1)
READERS = 40
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


WRITERS: dict[str, Callable[[Path], None]] = {
    "cloudfront": write_cloudfront,
    "cloudflare": write_cloudflare,
    "load_balancer": write_load_balancer,
}


def main(folder: Path, formats: Iterable[str]) -> None:
    for name in formats:
        WRITERS[name](folder / name)
        size = sum(path.stat().st_size for path in (folder / name).iterdir())
        print(f"{folder / name}: {size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "data"), sys.argv[2:] or WRITERS)
