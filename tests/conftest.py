"""Fixtures that several test modules share."""

import os
from collections.abc import Callable
from importlib.util import find_spec

import pytest
from footfall import Project


@pytest.fixture(scope="session", autouse=True)
def parsed_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What dbt parsed is shared by all copies of the project, in all processes."""
    if not find_spec("msgpack"):
        return
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    Project.parsed = (base.parent if is_worker else base) / "partial_parse.msgpack"


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Project]:
    """Makes copies of this project, each in a folder of its own."""

    def make() -> Project:
        return Project(tmp_path_factory.mktemp("project") / "footfall")

    return make
