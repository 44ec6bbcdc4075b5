"""What stands in the preferences is believed only if it is of its own kind, and no start ends of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.errors import InvalidField, InvalidMedia
from oelala_desktop.domain.field import FieldKind as K
from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.domain.tool import VOCABULARY
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.services.settings.known import (
    APPEARANCE,
    ENGINE_URL,
    PICTURE_MEGABYTES,
    SERVERS,
    SETTINGS,
    Setting,
    folds_of,
    form_of,
    preset_of,
    setting_of,
    sift,
    typed_of,
)
from oelala_desktop.storage.paths import Paths

KEYS = (
    *SETTINGS,
    *("form.image-to-video", "folds.image-to-video", "preset.image-to-video", "typed.image-to-video"),
)
WRONG: tuple[Any, ...] = (None, {}, [], 3, "x y", True, 1.5, {"a": 1}, [[]], 10**18, "\u0000")
#: of these kinds a value may be right
RIGHT: dict[str, tuple[type, ...]] = {"servers": (dict,), "form.": (dict,)}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


#: those whose defaults say nothing
_WITH_VALUES = ("engine_url", "servers", "media_folders", "folded_groups", "presets.order", "presets.off")
SOUND: dict[str, Any] = {
    "engine_url": "http://studio-pc:8188",
    "servers": {"studio": {"url": "http://studio-pc:8188", "ca_file": "", "headers": ["Authorization"]}},
    "media_folders": ["a"],
    "folded_groups": ["b"],
    "presets.order": ["image-to-video.sketch"],
    "presets.off": ["image-to-video.wan22-5b"],
    "form.image-to-video": {"steps": 8, "prompt": "boats", "seed": "18446744073709551615", "lora_configs": []},
    "folds.image-to-video": ["sampling"],
    "preset.image-to-video": "wan22-5b",
    "typed.image-to-video": True,
    "of a newer version": {"any": ["thing"]},
    **{key: setting.default for key, setting in SETTINGS.items() if key not in _WITH_VALUES},
}


def test_what_is_right_is_believed() -> None:
    assert sift(SOUND) == (SOUND, ())


@pytest.mark.parametrize("key", KEYS)
def test_what_is_of_another_kind_is_set_aside_and_named(key: str) -> None:
    kind = type(SOUND[key])
    for wrong in (*WRONG, deep(900)):
        if type(wrong) is kind:
            continue
        values, odd = sift({key: wrong, "page": "settings"} if key != "page" else {key: wrong})
        assert (key in values, odd) == (False, (key,)), repr(wrong)[:40]


@pytest.mark.parametrize("key", VOCABULARY)
def test_a_setting_of_another_kind_leaves_the_rest_of_the_form(key: str) -> None:
    values, odd = sift(
        {"form.image-to-video": {key: {"no": "such kind"}, "prompt" if key != "prompt" else "vae": "boats"}}
    )
    assert len(values["form.image-to-video"]) == 1
    assert odd == (f"form.image-to-video: {key}",)


def test_one_bad_server_leaves_the_others() -> None:
    good = {"url": "http://a"}
    bad = {"b": {"url": "ftp://b"}, "c": 3, "d": {}, "e": {"url": "http://e", "headers": "x"}, "f": {"url": 3}}
    values, odd = sift({"servers": {"a": good, **bad}})
    assert values["servers"] == {"a": good}
    assert odd == tuple(f"servers: {name}" for name in bad)


@pytest.mark.parametrize("url", ["http://a b", "ftp://x", "http://box:99999", "http://[::1", "http://[/", "\ud800"])
def test_a_bad_address(url: str) -> None:
    assert sift({"engine_url": url}) == ({}, ("engine_url",))


async def test_a_start_with_everything_wrong(tmp_path: Path) -> None:
    """The services start, with one notice that names each, and the file as it was is kept."""
    text = json.dumps({key: {"no": 1} if not isinstance(SOUND[key], dict) else 3 for key in KEYS})
    (tmp_path / "preferences.json").write_text(text)
    (tmp_path / "secrets.json").write_text("[" * 100_000)
    async with Services(Paths(tmp_path, tmp_path / "output")) as services:
        assert services.current.url == "http://127.0.0.1:8188"
        about, secrets = services.remarks
        assert all(key in about for key in KEYS) and "preferences.damaged" in about
        assert "secrets.damaged" in secrets
        services.settings.set(APPEARANCE, "dark")
    assert (tmp_path / "preferences.damaged").read_text() == text
    async with Services(Paths(tmp_path, tmp_path / "output")) as services:
        assert (services.remarks, services.settings.get(APPEARANCE)) == ((), "dark")


async def test_the_largest_picture_is_what_the_settings_say(tmp_path: Path) -> None:
    picture = tmp_path / "noise.bmp"
    Image.effect_noise((800, 700), 90).convert("RGB").save(picture)  # 1.7 MB
    async with Services(Paths(tmp_path, tmp_path / "output")) as services:
        wish = Wish("image-to-video", {"image": str(picture)}, tmp_path)
        await services.jobs.check(wish)
        services.settings.set(PICTURE_MEGABYTES, 1)
        with pytest.raises(InvalidMedia, match=r"has 1\.7 MB; at most 1 MB are taken"):
            await services.jobs.check(wish)
        with (tmp_path / "large.jpg").open("wb") as file:
            file.truncate(25 * 10**6)
        services.settings.set(PICTURE_MEGABYTES, 30)
        with pytest.raises(InvalidMedia, match="is not a picture"):  # and not too large
            await services.jobs.check(Wish("image-to-video", {"image": str(tmp_path / "large.jpg")}, tmp_path))


async def test_a_server_added_elsewhere_outlives_a_setting_changed_here(tmp_path: Path) -> None:
    async with Services(Paths(tmp_path, tmp_path / "output")) as services:
        command = [sys.executable, "-m", "oelala_desktop", "servers"]
        environment = {**os.environ, "OELALA_HOME": str(tmp_path)}
        for arguments in (("add", "studio", "studio-pc:8188"), ("add", "attic", "http://attic:8188")):
            subprocess.run([*command, *arguments], env=environment, check=True, timeout=60)
        services.settings.set(APPEARANCE, "light")
        await services.settings.flush()
        await services.servers.add("cellar", "http://cellar:8188")
        assert [server.name for server in services.servers.all()] == ["attic", "cellar", "studio"]
        subprocess.run([*command, "remove", "attic"], env=environment, check=True, timeout=60)
        services.settings.set(APPEARANCE, "dark")
    kept = json.loads((tmp_path / "preferences.json").read_text())
    assert kept["servers"].keys() == {"studio", "cellar"}
    assert (kept["appearance"], kept["servers"]["studio"]["url"]) == ("dark", "http://studio-pc:8188")


def test_the_defaults_are_sound() -> None:
    for setting in SETTINGS.values():
        setting.check(setting.default)
        assert setting.field is None or setting.field.default in (setting.default, "")


def test_every_known_key_has_its_setting() -> None:
    for key in KEYS:
        setting = setting_of(key)
        assert setting is not None and setting.key == key
    for key in ("of a newer version", "form", "other.image-to-video"):
        assert setting_of(key) is None


#: what a page shows: kind, label, what is said of it, who acts at once when it changes
_SHOWN: dict[str, tuple[K, str, str, str]] = {
    "appearance": (K.CHOICE, "Colours", "", "look"),
    "reduced_motion": (K.SWITCH, "Motion", "Nothing slides or fades", "look"),
    "output_folder": (K.LINE, "Results", "Where finished videos and pictures go.", "library"),
    "wildcard_folder": (K.LINE, "Wildcards", "Lists for prompts: __name__ takes a line of name.txt.", ""),
    "follow_links": (K.SWITCH, "Linked folders", "Show what lies behind links, too", "library"),
    "picture_megabytes": (K.INTEGER, "Largest picture (MB)", "", ""),
    "notices": (K.SWITCH, "Notices", "Tell me when a job ends in the background", ""),
    "close_to_tray": (K.SWITCH, "Closing", "Keep running in the tray", ""),
    "api": (K.SWITCH, "API", "Answer scripts on this machine", "api"),
    "api_port": (K.INTEGER, "Port", "", "api"),
    "engine_choice": (K.CHOICE, "Engine", "", ""),
    "geometry": (K.LINE, "Window", "", ""),
    "page": (K.LINE, "Page", "", ""),
    "sidebar_narrow": (K.SWITCH, "Sidebar", "", ""),
    "tool.column": (K.INTEGER, "Width of the controls", "", ""),
    "media.density": (K.INTEGER, "Density", "", ""),
    "media.sort": (K.LINE, "Sort", "", ""),
    "media.view": (K.LINE, "View", "", ""),
    "viewer.prompt": (K.SWITCH, "Prompt", "", ""),
    "player.volume": (K.INTEGER, "Volume", "", ""),
    "player.muted": (K.SWITCH, "Sound", "", ""),
    "media_folders": (K.LINE, "Also in My Media", "More folders to show, such as ComfyUI's output folder.", "library"),
}
_DEFAULTS: dict[str, Any] = {
    "appearance": "system", "reduced_motion": False, "output_folder": "", "follow_links": False,
    "picture_megabytes": 20, "notices": True, "close_to_tray": True, "api": True, "api_port": 7998,
    "engine_choice": "auto", "geometry": "", "page": "", "sidebar_narrow": False, "tool.column": 0, "media.density": 0,
    "media.sort": "date_desc", "media.view": "grid", "viewer.prompt": False, "player.volume": 80,
    "player.muted": False, "media_folders": [], "folded_groups": [], "engine_url": "http://127.0.0.1:8188",
    "servers": {}, "wildcard_folder": "", "presets.order": [], "presets.off": [],
}  # fmt: skip
_BOUNDS = {
    "picture_megabytes": (1, 500),
    "api_port": (1024, 65535),
    "tool.column": (0, 4000),
    "media.density": (0, 64),
    "player.volume": (0, 100),
}
_CHOICES = {"appearance": ("system", "dark", "light"), "engine_choice": ("auto", "comfyui", "sketch")}


def test_all_settings_and_their_defaults() -> None:
    assert {key: setting.default for key, setting in SETTINGS.items()} == _DEFAULTS
    assert all(type(SETTINGS[key].default) is type(value) for key, value in _DEFAULTS.items())
    assert all(setting.key == key for key, setting in SETTINGS.items())


def test_what_a_page_shows_of_them_and_who_hears_of_a_change() -> None:
    assert {key for key, setting in SETTINGS.items() if setting.field} == set(_SHOWN)
    for key, (kind, label, said, heard_by) in _SHOWN.items():
        setting = SETTINGS[key]
        assert setting.field is not None
        found = (setting.field.kind, setting.field.label, setting.field.help, setting.heard_by)
        assert found == (kind, label, said, heard_by), key
        assert (setting.field.key, setting.field.group) == (key, "")
        assert setting.field.default == ("" if key == "media_folders" else setting.default)
    assert [SETTINGS[key].heard_by for key in ("folded_groups", "engine_url", "servers")] == ["", "", ""]


@pytest.mark.parametrize("key", _BOUNDS)
def test_numbers_have_bounds(key: str) -> None:
    low, high = _BOUNDS[key]
    check = SETTINGS[key].check
    check(low), check(high)
    for wrong in (low - 1, high + 1):
        with pytest.raises(Obstructed) as caught:
            check(wrong)
        assert (caught.value.field, caught.value.obstacle.code) == (key, "outside")
    for odd in (True, str(low), float(low)):
        with pytest.raises(Obstructed) as caught:
            check(odd)
        assert caught.value.obstacle.code == "other_kind"


@pytest.mark.parametrize("key", _CHOICES)
def test_choices_are_those_and_no_other(key: str) -> None:
    setting = SETTINGS[key]
    assert setting.field is not None and setting.field.choices == _CHOICES[key]
    for choice in _CHOICES[key]:
        setting.check(choice)
    with pytest.raises(InvalidField):
        setting.check("another")


@pytest.mark.parametrize(
    ("setting", "right", "wrong", "words"),
    [
        (form_of("upscale"), {"a": 1}, [], "This is no table."),
        (folds_of("upscale"), ["a", "b"], ["a", 2], "This is no list of texts."),
        (folds_of("upscale"), [], "ab", "This is no list of texts."),
        (preset_of("upscale"), "wan", 3, "This is no text."),
        (typed_of("upscale"), True, 1, "This is neither on nor off."),
        (ENGINE_URL, "", 3, "This is no text."),
        (SERVERS, {}, [], "This is no table."),
    ],
)
def test_each_kind_has_its_sentence(setting: Setting[Any], right: Any, wrong: Any, words: str) -> None:
    setting.check(right)
    with pytest.raises(InvalidField) as caught:
        setting.check(wrong)
    assert (caught.value.message, caught.value.field) == (words, "")


def test_what_a_tool_remembers_begins_empty() -> None:
    made = (form_of("upscale"), folds_of("upscale"), preset_of("upscale"), typed_of("upscale"))
    assert [(s.key, s.default, s.heard_by, s.field) for s in made] == [
        ("form.upscale", {}, "", None), ("folds.upscale", [], "", None),
        ("preset.upscale", "", "", None), ("typed.upscale", False, "", None),
    ]  # fmt: skip


def test_a_table_in_the_place_of_another_setting_is_none() -> None:
    assert sift({"folded_groups": {"a": 1}, "page": {}}) == ({}, ("folded_groups", "page"))


def test_servers_may_name_headers_and_an_authority() -> None:
    for row, is_sound in (
        ({"url": "http://a", "ca_file": "x.pem", "headers": ["A"]}, True),
        ({"url": "http://a", "ca_file": 3}, False),
        ({"url": "http://a", "headers": [3]}, False),
        ({"url": ""}, False),
    ):
        assert sift({"servers": {"a": row}})[1] == (() if is_sound else ("servers: a",)), row
