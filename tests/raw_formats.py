"""Plain Python that reads the samples of the raw formats, by the rules of their pages in
docs/formats and by none of the project's SQL."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from footfall import ROOT
from sessionizer import Hit, Input, first_column, md5

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


READERS: dict[str, Callable[[Path], Input]] = {
    "cloudfront": read_cloudfront,
    "cloudflare": read_cloudflare,
    "load_balancer": read_load_balancer,
}
