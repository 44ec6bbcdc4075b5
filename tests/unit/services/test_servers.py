"""Servers that have names, and what lets us in at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.services.engines.servers import TOKEN_VARIABLE, Server, Servers
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.secrets import Secrets


class Desk:
    def __init__(self, folder: Path) -> None:
        self.preferences = Preferences(folder / "preferences.json")
        self.secrets = Secrets(folder / "secrets.json", use_keyring=False)
        self.hidden: list[str] = []
        self.servers = Servers(self.preferences, self.secrets, self.hidden.append)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def servers(desk: Desk) -> Servers:
    return desk.servers


# Added and removed


async def test_what_is_added_is_kept_without_its_secrets(desk: Desk) -> None:
    added = await desk.servers.add("  Attic ", "attic:8188/", token=" secret ", headers={"X-Key": "other"})
    assert added == Server("Attic", "http://attic:8188", "", ("Authorization", "X-Key"))
    row = {"url": "http://attic:8188", "ca_file": "", "headers": ["Authorization", "X-Key"]}
    assert desk.preferences.get("servers") == {"Attic": row}
    assert desk.secrets.get("http://attic:8188") == {"Authorization": "Bearer secret", "X-Key": "other"}


async def test_they_stand_in_the_order_of_their_names(servers: Servers) -> None:
    for name in ("cellar", "Attic", "barn"):
        await servers.add(name, f"http://{name}:1")
    assert [server.name for server in servers.all()] == ["Attic", "barn", "cellar"]
    assert servers.find(" BARN ") == Server("barn", "http://barn:1")
    assert servers.find("bar") is None


async def test_the_same_name_is_the_same_server(servers: Servers) -> None:
    await servers.add("Attic", "http://one:1")
    await servers.add("ATTIC", "http://two:2")
    assert servers.all() == (Server("ATTIC", "http://two:2"),)


async def test_one_that_is_removed_leaves_its_secrets_only_to_another_of_its_address(desk: Desk) -> None:
    await desk.servers.add("one", "http://box:1", token="secret")
    await desk.servers.add("two", "http://box:1", token="secret")
    await desk.servers.remove("nobody")
    await desk.servers.remove("ONE")
    assert desk.servers.all() == (Server("two", "http://box:1", "", ("Authorization",)),)
    assert desk.secrets.get("http://box:1") == {"Authorization": "Bearer secret"}
    await desk.servers.remove("two")
    assert desk.servers.all() == () and desk.secrets.get("http://box:1") == {}


async def test_rows_that_are_none_are_passed_over(desk: Desk) -> None:
    rows: dict[str, Any] = {"a": {"url": "http://a"}, "b": 3, "c": {"url": 4}, "d": {"url": "http://d", "headers": "x"}}
    desk.preferences.update({"servers": rows | {"e": {"url": "http://e", "ca_file": None, "headers": ["X", 1]}}})
    assert desk.servers.all() == (
        Server("a", "http://a"),
        Server("d", "http://d"),
        Server("e", "http://e", "", ("X", "1")),
    )
    desk.preferences.update({"servers": ["a"]})
    assert desk.servers.all() == ()
    await desk.servers.add("new", "http://new")
    assert [server.name for server in desk.servers.all()] == ["new"]


@pytest.mark.parametrize("name", ["", "  ", "auto", "Sketch", "a/b", "a:1"])
async def test_a_name_that_means_something_else_is_none(servers: Servers, name: str) -> None:
    with pytest.raises(InvalidField) as raised:
        await servers.add(name, "http://box")
    assert (raised.value.field, raised.value.message) == (
        "engine",
        f"“{name.strip()}” cannot be the name of a server.",
    )
    assert servers.all() == ()


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"X Key": "a"}, "“X Key” cannot be the name of a header."),
        ({"X\n": "a"}, "“X\n” cannot be the name of a header."),
        ({"": "a"}, "“” cannot be the name of a header."),
        ({"X-Key": "ä"}, "The value of X-Key has characters that a header cannot carry."),
        ({"X-Key": "a\nb"}, "The value of X-Key has characters that a header cannot carry."),
    ],
)
async def test_headers_must_be_such(servers: Servers, headers: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidField) as raised:
        await servers.add("one", "http://box", headers=headers)
    assert (raised.value.field, raised.value.message) == ("engine", message)
    assert servers.all() == ()


async def test_an_authority_must_be_one(servers: Servers, tmp_path: Path) -> None:
    gone, text = tmp_path / "gone.pem", tmp_path / "text.pem"
    text.write_text("no certificate")
    for path, why in ((gone, "No such file or directory"), (text, "it holds no certificate in PEM form")):
        with pytest.raises(InvalidField) as raised:
            await servers.add("one", "https://box", ca_file=str(path))
        assert raised.value.field == "engine"
        assert raised.value.message == f"The authority's file {path} cannot be used: {why}."
    assert servers.all() == ()


# How to be let in


async def test_a_server_is_reached_with_its_headers_and_its_authority(desk: Desk) -> None:
    desk.preferences.update({"servers": {"a": {"url": "http://a", "ca_file": "/a.pem"}}})
    desk.secrets.set("http://a", {"Authorization": "Bearer secret", "X-Key": "other"})
    address = await desk.servers.address("http://a")
    assert (address.url, address.ca_file) == ("http://a", "/a.pem")
    assert address.headers == {"Authorization": "Bearer secret", "X-Key": "other"}
    assert desk.hidden == ["secret", "other"]
    plain = await desk.servers.address("http://b")
    assert (plain.url, plain.ca_file, plain.headers) == ("http://b", "", {})


async def test_an_address_without_a_name_may_have_a_token(desk: Desk) -> None:
    await desk.servers.set_token("box:1", "secret")
    assert desk.secrets.get("http://box:1") == {"Authorization": "Bearer secret"}
    await desk.servers.set_token("box:1", "Basic abc")
    assert desk.secrets.get("http://box:1") == {"Authorization": "Basic abc"}
    with pytest.raises(InvalidField):
        await desk.servers.set_token("box:1", "ä")
    await desk.servers.set_token("box:1", "")
    assert desk.secrets.get("http://box:1") == {}


async def test_the_token_of_the_environment_goes_to_the_named_server_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "run")
    desk.secrets.set("http://a", {"authorization": "Bearer kept", "X-Key": "other"})
    assert (await desk.servers.address("http://a")).headers == {"authorization": "Bearer kept", "X-Key": "other"}
    desk.servers.token_for = "http://a"
    assert (await desk.servers.address("http://a")).headers == {"X-Key": "other", "Authorization": "Bearer run"}
    assert (await desk.servers.address("http://b")).headers == {}
    assert desk.hidden[-2:] == ["other", "run"]
    monkeypatch.delenv(TOKEN_VARIABLE)
    assert (await desk.servers.address("http://a")).headers["authorization"] == "Bearer kept"
    assert TOKEN_VARIABLE == "OELALA_TOKEN"
