"""What every test starts from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a busy one is slow at times, and no less right
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let whoever runs the tests give more time to those that look for trouble as long as they are let."""
    parser.addoption(
        "--fuzz-minutes",
        type=float,
        default=0.0,
        metavar="MINUTES",
        help="how long the API is tried with made-up requests (default: a few of each kind)",
    )
    parser.addoption(
        "--kill-rounds",
        type=int,
        default=3,
        metavar="ROUNDS",
        help="how often curators' programs and servers are killed while they write (default: 3)",
    )
    parser.addoption("--kills", type=int, default=20, metavar="KILLS", help="how often a build is killed (default: 20)")


@pytest.fixture(autouse=True)
def no_added_vocabularies(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commands see none of the vocabularies that whoever runs the tests has added."""
    folder = tmp_path_factory.mktemp("vocabularies") / "none"
    monkeypatch.setenv("ONCOGRAPH_VOCABULARIES", str(folder))
    return folder


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is kept between starts is kept for the tests alone."""
    folder = tmp_path_factory.mktemp("cache")
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ONCOGRAPH_CACHE", str(folder))
        yield folder
