"""What SQL cannot do: parse user agents, and notice a mistyped setting.

dbt-duckdb loads this file (see profiles.yml). `parse_user_agent` becomes an SQL
function of the connection; it is called once per distinct user agent.
"""

import importlib.metadata
import os
import re
from typing import Any

import crawleruseragents
import ua_parser
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

FORMATS = ("FOOTFALL_HITS", "FOOTFALL_ACCESS_LOGS")
SETTINGS = (*FORMATS, "FOOTFALL_DATABASE")

USER_AGENT_TYPE = (
    "struct(device_type varchar, browser varchar, operating_system varchar, crawler varchar)"
)

DESKTOP_SYSTEMS = {"Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Chrome OS"}
MOBILE_SYSTEMS = {"iOS", "Android", "Windows Phone", "BlackBerry OS", "KaiOS"}
TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|android(?!.*mobile)", re.I)


def crawler_of(user_agent: str) -> str | None:
    """What the crawler list recognises in this user agent; None if nothing."""
    if not crawleruseragents.is_crawler(user_agent):
        return None
    first = crawleruseragents.matching_crawlers(user_agent)[0]
    pattern = crawleruseragents.CRAWLER_USER_AGENTS_DATA[first]["pattern"]
    match = re.search(pattern, user_agent)
    return match.group(0).strip("/ ;") if match else pattern


def device_type_of(user_agent: str, operating_system: str | None) -> str | None:
    """desktop, mobile or tablet; None where the user agent does not tell."""
    if operating_system in DESKTOP_SYSTEMS:
        return "desktop"
    if TABLET.search(user_agent):
        return "tablet"
    if operating_system in MOBILE_SYSTEMS or "Mobile" in user_agent:
        return "mobile"
    return None


def parse_user_agent(user_agent: str) -> dict[str, str | None]:
    """Device, browser, operating system and crawler name of a user agent."""
    parsed = ua_parser.parse(user_agent)
    operating_system = parsed.os.family if parsed.os else None
    return {
        "device_type": device_type_of(user_agent, operating_system),
        "browser": parsed.user_agent.family if parsed.user_agent else None,
        "operating_system": operating_system,
        "crawler": crawler_of(user_agent),
    }


def parser_version() -> str:
    """The versions of the lists that `parse_user_agent` looks up."""
    packages = ("ua-parser-builtins", "crawler-user-agents")
    return " ".join(f"{p} {importlib.metadata.version(p)}" for p in packages)


def file_exists(path: str) -> bool:
    """Whether a raw file is still there to be read."""
    return os.path.exists(path)


def check_environment() -> None:
    """Refuse a mistyped FOOTFALL_ variable, which would be ignored otherwise."""
    for name in os.environ:
        if name.startswith("FOOTFALL_") and name not in SETTINGS:
            raise DbtRuntimeError(
                f"Unknown setting {name} in the environment; Footfall knows {', '.join(SETTINGS)}."
            )


class Plugin(BasePlugin):
    def initialize(self, plugin_config: dict[str, Any]) -> None:
        check_environment()

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        conn.create_function("parse_user_agent", parse_user_agent, ["varchar"], USER_AGENT_TYPE)
        conn.create_function("file_exists", file_exists, ["varchar"], "boolean", side_effects=True)
        conn.create_function("user_agent_parser_version", parser_version, [], "varchar")
