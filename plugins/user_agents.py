"""What a user agent says of the device, and whether it is a crawler.

DuckDB calls `parse_user_agent` (see footfall.py). Spark pipes user agents through this
file as a program: a JSON object with a `user_agent` in each line, the same object with
what was found in each line that it answers.
"""

import importlib.metadata
import json
import re
import sys

import crawleruseragents
import ua_parser

DESKTOP_SYSTEMS = {"Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Chrome OS"}
MOBILE_SYSTEMS = {"iOS", "Android", "Windows Phone", "BlackBerry OS", "KaiOS"}
TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|android(?!.*mobile)", re.I)


def crawler_of(user_agent: str) -> tuple[str | None, str | None]:
    """What the crawler list recognises in this user agent, and how it is tagged there."""
    if not crawleruseragents.is_crawler(user_agent):
        return None, None
    first = crawleruseragents.matching_crawlers(user_agent)[0]
    entry = crawleruseragents.CRAWLER_USER_AGENTS_DATA[first]
    match = re.search(entry["pattern"], user_agent)
    name = match.group(0).strip("/ ;") if match else entry["pattern"]
    return name, next(iter(entry.get("tags", [])), None)


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
    crawler, crawler_tag = crawler_of(user_agent)
    return {
        "device_type": device_type_of(user_agent, operating_system),
        "browser": parsed.user_agent.family if parsed.user_agent else None,
        "operating_system": operating_system,
        "crawler": crawler,
        "crawler_tag": crawler_tag,
    }


def parser_version() -> str:
    """The versions of the lists that `parse_user_agent` looks up."""
    packages = ("ua-parser-builtins", "crawler-user-agents")
    return " ".join(f"{p} {importlib.metadata.version(p)}" for p in packages)


def main() -> None:
    if sys.argv[1:] == ["--version"]:
        print(parser_version())
        return
    for line in sys.stdin:
        user_agent = json.loads(line)["user_agent"]
        print(json.dumps({"user_agent": user_agent, **parse_user_agent(user_agent)}))


if __name__ == "__main__":
    main()
