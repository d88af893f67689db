"""Fixtures that several test modules share."""

from collections.abc import Callable

import pytest
from footfall import Project


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Project]:
    """Makes copies of this project, each in a folder of its own."""

    def make() -> Project:
        return Project(tmp_path_factory.mktemp("project") / "footfall")

    return make
