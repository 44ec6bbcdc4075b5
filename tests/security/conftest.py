"""A served home with a token and one without, for attacks of all kinds."""

from collections.abc import Iterator

import pytest

from tests.api.serving import Served, serve

TOKEN = "canary-7f3a9d51c2e84b60"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("open") / "home") as running:
        yield running


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("guarded")
    file = folder / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    with serve(folder / "home", "--token-file", str(file)) as running:
        yield running
