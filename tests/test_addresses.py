"""Addresses: countries, and what is kept of them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt_common.exceptions import DbtRuntimeError
from footfall import ROOT
from geo_database import write_geo_database

sys.path.append(str(ROOT / "plugins"))
import addresses  # noqa: E402

COUNTRIES = {
    "198.51.100.0/25": {"country": {"iso_code": "DE"}},
    "198.51.100.128/25": {"country": {"iso_code": "FR"}},
    "2001:db8::/32": {"country": {"iso_code": "JP"}},
    # as others than MaxMind write it, and a network without a country
    "203.0.113.0/24": {"country": "us"},
    "192.0.2.0/24": {"registered_country": {"iso_code": "GB"}},
}


@pytest.fixture(autouse=True)
def no_database_from_before() -> Iterator[None]:
    yield
    addresses.geo_database.cache_clear()
    addresses.country_of_address.cache_clear()


def test_an_address_is_of_the_country_of_its_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_geo_database(tmp_path / "countries.mmdb", COUNTRIES, "Test-Country")
    monkeypatch.setenv("FOOTFALL_GEO_DATABASE", str(path))
    expected = {
        "198.51.100.7": "DE",
        "198.51.100.200": "FR",
        "::ffff:198.51.100.7": "DE",
        "2001:db8::7": "JP",
        "203.0.113.1": "US",
        "192.0.2.1": None,
        "198.51.101.7": None,
        "host.example.com": None,
    }
    assert {text: addresses.country_of_address(text) for text in expected} == expected


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "there is no file '{path}'"),
        (b"no database", "the file '{path}' is no database of MaxMind's format (.mmdb)"),
        (
            {"198.51.100.0/24": {"autonomous_system_number": 64496}},
            "the file '{path}' is a database (Test-ASN) without countries",
        ),
    ],
    ids=["missing", "another format", "no countries"],
)
def test_a_database_that_says_no_countries_is_refused_in_a_sentence(
    content: object, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "countries.mmdb"
    if isinstance(content, dict):
        write_geo_database(path, content, "Test-ASN")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    monkeypatch.setenv("FOOTFALL_GEO_DATABASE", str(path))
    with pytest.raises(DbtRuntimeError) as error:
        addresses.check_geo_database()
    assert f"FOOTFALL_GEO_DATABASE: {problem.format(path=path)}." in str(error.value)


def test_no_database_is_opened_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTFALL_GEO_DATABASE", raising=False)
    addresses.check_geo_database()
