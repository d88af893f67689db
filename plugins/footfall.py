"""What SQL cannot do: parse user agents, read text that is no UTF-8, notice a mistyped
setting, put files in the place of others.

dbt-duckdb loads this file (see profiles.yml), and its functions become SQL functions of
the connection. `parse_user_agent` is called once per distinct user agent.
"""

import atexit
import bz2
import codecs
import csv
import gzip
import io
import itertools
import lzma
import os
import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import publish
from addresses import (
    check_geo_database,
    country_of_address,
    first_address,
    last_address,
    network_bits,
    visitor_salt,
)
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection
from user_agents import parse_user_agent, parser_version

FORMATS = Path(__file__).parent.parent / "macros/inputs/formats.sql"
VARIABLE = re.compile(r"'variable': '(FOOTFALL_\w+)'")

USER_AGENT_TYPE = (
    "struct(device_type varchar, browser varchar, operating_system varchar,"
    " crawler varchar, crawler_tag varchar)"
)


def has_content(path: str) -> bool:
    """Whether a raw file is there and not empty, as a log is that was just rotated."""
    try:
        with open_bytes(path) as file:
            return bool(file.read(1))
    except FileNotFoundError:
        return False
    except (EOFError, OSError, lzma.LZMAError):
        return True  # Whoever reads it says better what is wrong.


UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_utf_16(path: str) -> bool:
    """Whether a text file says that it is UTF-16 (or 32), or looks like it."""
    with open_bytes(path) as file:
        start = file.read(512)
    zeros = start.count(0)
    return start.startswith(UTF_16) or (zeros > 3 and 3 * zeros > len(start))


# Bytes that DuckDB's reader stumbles over: its end of text, the separator that is said
# to be \x02 since it never occurs, and a carriage return within a line.
UNREADABLE = re.compile(rb"[\x00\x02]|\r(?!\n|\Z)")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")


OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def open_bytes(path: str) -> BinaryIO:
    return OPENERS.get(Path(path.lower()).suffix, open)(path, "rb")


def is_clean(path: str) -> bool:
    """Whether a text file is UTF-8 throughout and free of what DuckDB cannot read."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_bytes(path) as file:
        try:
            while chunk := file.read(1 << 20):
                if UNREADABLE.search(chunk):
                    return False
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        except (EOFError, OSError):
            return True  # DuckDB says better what is wrong with the file.
    return True


@lru_cache(maxsize=1)
def copies_folder() -> str:
    folder = tempfile.mkdtemp(prefix="footfall_")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def readable_copy(path: str) -> str:
    """A file with the same lines that DuckDB can read: mostly the file itself.

    DuckDB refuses a whole file for one byte that is no UTF-8. A line with such a byte
    is taken for Latin-1, and control bytes are replaced. What DuckDB cannot unpack is
    unpacked.
    """
    ending = Path(path.lower()).suffix
    if ending == ".zst" or (ending not in (".bz2", ".xz") and is_clean(path)):
        return path
    handle, copy = tempfile.mkstemp(suffix=".txt", dir=copies_folder())
    with open_bytes(path) as source, os.fdopen(handle, "w", encoding="utf-8", newline="") as target:
        for line in source:
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                text = line.decode("latin-1")
            target.write(CONTROL_CHARACTERS.sub("\ufffd", text.rstrip("\r\n")) + "\n")
    return copy


FIRST_RECORD_TYPE = (
    "struct(separator varchar, skipped integer, is_header boolean, fields varchar[])"
)


csv.field_size_limit(1 << 30)


def first_record(path: str) -> dict[str, Any]:
    """The first record of a text file, and by what its fields are separated.

    Comment lines before it are skipped; one that says `#Fields:` is the header.
    """
    skipped, header = 0, ""
    with open_bytes(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
        line = text.readline()
        while line.startswith("#"):
            header = line[8:].strip() if line.startswith("#Fields:") else header
            skipped, line = skipped + 1, text.readline()
        tabs = line.count("\t")
        separator = "\t" if header or tabs > line.count(",") or tabs > 100 else ","
        quoting = csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL
        records = csv.reader(itertools.chain([line], text), delimiter=separator, quoting=quoting)
        fields = header.split() if header else next(records, [])
    return {
        "separator": separator,
        "skipped": skipped,
        "is_header": bool(header),
        "fields": fields,
    }


def check_environment() -> None:
    """Refuse a mistyped FOOTFALL_ variable, which would be ignored or not understood."""
    known = [
        *VARIABLE.findall(FORMATS.read_text(encoding="utf-8")),
        "FOOTFALL_DATABASE",
        "FOOTFALL_MEMORY_LIMIT",
        "FOOTFALL_PUBLISHED",
        "FOOTFALL_REPORT",
        "FOOTFALL_GEO_DATABASE",
        "FOOTFALL_SALT",
        "FOOTFALL_SOURCE_DATABASE",
        "FOOTFALL_WAREHOUSE",
        "FOOTFALL_SPARK_MASTER",
        "FOOTFALL_SPARK_MEMORY",
        "FOOTFALL_SPARK_PARTITIONS",
        "FOOTFALL_USER_AGENT_PROGRAM",
    ]
    for name in os.environ:
        if name.startswith("FOOTFALL_") and name not in known:
            raise DbtRuntimeError(
                f"Unknown setting {name} in the environment; Footfall knows {', '.join(known)}."
            )
    limit = os.environ.get("FOOTFALL_MEMORY_LIMIT", "80%")
    if not re.fullmatch(r"\d+(\.\d+)? ?([KMGT]i?B|%)", limit):
        raise DbtRuntimeError(
            f"FOOTFALL_MEMORY_LIMIT: '{limit}' is no amount of memory such as 4GB or 50%."
        )


def attach_source_database(connection: DuckDBPyConnection) -> None:
    """Make the tables of another DuckDB file known, read-only, as those of `source`."""
    path = os.environ.get("FOOTFALL_SOURCE_DATABASE", "")
    if not path:
        return
    if not os.path.exists(path):
        raise DbtRuntimeError(f"FOOTFALL_SOURCE_DATABASE: there is no file '{path}'.")
    quoted = path.replace("'", "''")
    try:
        connection.execute(f"attach if not exists '{quoted}' as source (read_only)")
    except duckdb.Error as error:
        raise DbtRuntimeError(
            f"FOOTFALL_SOURCE_DATABASE: '{path}' cannot be read: {error}"
        ) from error


class Plugin(BasePlugin):
    def initialize(self, plugin_config: dict[str, Any]) -> None:
        check_environment()
        check_geo_database()

    def store(self, target_config: TargetConfig) -> None:
        """The macro `publish_marts` asks for this, and says in the config what to store."""
        with self.connection.cursor() as cursor:
            publish.publish(cursor, target_config.location.path, target_config.config)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        self.connection = conn
        attach_source_database(conn)
        conn.create_function("parse_user_agent", parse_user_agent, ["varchar"], USER_AGENT_TYPE)
        conn.create_function("has_content", has_content, ["varchar"], "boolean", side_effects=True)
        conn.create_function("is_utf_16", is_utf_16, ["varchar"], "boolean", side_effects=True)
        conn.create_function(
            "readable_copy", readable_copy, ["varchar"], "varchar", side_effects=True
        )
        conn.create_function(
            "first_record", first_record, ["varchar"], FIRST_RECORD_TYPE, side_effects=True
        )
        conn.create_function(
            "country_of_address",
            country_of_address,
            ["varchar"],
            "varchar",
            null_handling="special",
        )
        for name, function in {
            "first_address": first_address,
            "last_address": last_address,
        }.items():
            conn.create_function(name, function, ["varchar"], "varchar", null_handling="special")
        conn.create_function(
            "network_bits", network_bits, ["varchar"], "integer", null_handling="special"
        )
        conn.create_function("visitor_salt", visitor_salt, [], "varchar")
        conn.create_function("user_agent_parser_version", parser_version, [], "varchar")
        conn.create_function(
            "published_snapshot",
            publish.published_snapshot,
            ["varchar", "varchar", "integer"],
            "varchar",
            side_effects=True,
        )
        conn.create_function(
            "written_report",
            publish.written_report,
            ["varchar", "varchar"],
            "varchar",
            side_effects=True,
        )
        conn.create_function(
            "new_snapshot_id", publish.new_snapshot_id, [], "varchar", side_effects=True
        )
