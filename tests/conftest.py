"""What every test starts from."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def no_added_vocabularies(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commands see none of the vocabularies that whoever runs the tests has added."""
    folder = tmp_path_factory.mktemp("vocabularies") / "none"
    monkeypatch.setenv("ONCOGRAPH_VOCABULARIES", str(folder))
    return folder
