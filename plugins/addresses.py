"""Addresses: the ranges that they are in, and the countries."""

import ipaddress
import os
from functools import lru_cache
from typing import Any

import maxminddb
from dbt_common.exceptions import DbtRuntimeError

GEO_DATABASE = "FOOTFALL_GEO_DATABASE"


def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text is; an IPv4 address within an IPv6 one as IPv4."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=1 << 16)
def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The range that a text is, such as 198.51.100.0/24; of an address, itself."""
    try:
        address, _, bits = text.strip().partition("/")
        return ipaddress.ip_network(
            f"{address_of(address)}/{bits}" if bits else address_of(address)
        )
    except ValueError:
        return None


def sortable(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Text of one length in each version, which sorts as the addresses do."""
    return f"{address.version}:{address.packed.hex()}"


def first_address(text: str | None) -> str | None:
    network = network_of(text) if text else None
    return sortable(network.network_address) if network else None


def last_address(text: str | None) -> str | None:
    network = network_of(text) if text else None
    return sortable(network.broadcast_address) if network else None


def network_bits(text: str | None) -> int | None:
    """How many bits all addresses of the range share; None where it is no range."""
    network = network_of(text) if text else None
    return network.prefixlen if network else None


def country_in(record: Any) -> str | None:
    """The ISO 3166 code in a record: MaxMind and DB-IP nest it, others do not."""
    if not isinstance(record, dict):
        return None
    country = record.get("country", record.get("country_code"))
    code = country.get("iso_code") if isinstance(country, dict) else country
    return code.upper() if isinstance(code, str) and len(code) == 2 else None


@lru_cache(maxsize=1)
def geo_database() -> maxminddb.Reader:
    """The database that is named; refused in a sentence if it is none of countries."""
    path = os.environ[GEO_DATABASE]
    if not os.path.isfile(path):
        raise DbtRuntimeError(f"{GEO_DATABASE}: there is no file '{path}'.")
    try:
        reader = maxminddb.open_database(path)
        first_records = [record for (_, record), _ in zip(reader, range(1000), strict=False)]
    except (maxminddb.InvalidDatabaseError, OSError, ValueError) as error:
        raise DbtRuntimeError(
            f"{GEO_DATABASE}: the file '{path}' is no database of MaxMind's format (.mmdb)."
        ) from error
    if not any(country_in(record) for record in first_records):
        raise DbtRuntimeError(
            f"{GEO_DATABASE}: the file '{path}' is a database"
            f" ({reader.metadata().database_type}) without countries."
        )
    return reader


@lru_cache(maxsize=1 << 18)
def country_of_address(text: str | None) -> str | None:
    """The country of an address; None if the database does not know."""
    address = address_of(text) if text else None
    if address is None or (address.version == 6 and geo_database().metadata().ip_version == 4):
        return None
    return country_in(geo_database().get(address))


def check_geo_database() -> None:
    """Open the named database, if one is named, before anything is built."""
    if os.environ.get(GEO_DATABASE):
        geo_database()


def visitor_salt() -> str:
    """What goes into the hash that makes a visitor of site, address and user agent."""
    return os.environ.get("FOOTFALL_SALT", "")
