"""A picture is a start picture when a job or a video says so, and only then."""

import copy
import dataclasses
import hashlib
import os
from pathlib import Path
from typing import Any

from oelala_desktop.domain.events import MediaAdded
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.job import EngineRef, Job, JobInput, JobState, Output
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.inputs.kept import Kept
from oelala_desktop.services.inputs.store import InputStore
from tests.library.conftest import Shelf, picture, put
from tests.metadata import corpus, files, graphs

SHOWN = MediaQuery()


def graph(image: str, **first_frame: Any) -> dict[str, Any]:
    made = copy.deepcopy(graphs.two_pass())
    made["11"]["inputs"]["image"] = image
    made["12"]["inputs"] |= first_frame
    return made


def video(image: str, **first_frame: Any) -> bytes:
    return files.video("mp4", {"prompt": corpus.dumps(graph(image, **first_frame)).decode()})


async def test_a_video_names_its_first_frame(shelf: Shelf) -> None:
    put(shelf.output / "harbour.png", picture(1))
    put(shelf.output / "lake.png", picture(2))
    put(shelf.output / "v.mp4", video("sub/harbour.png [output]"))
    await shelf.start()
    assert sorted(await shelf.names(SHOWN)) == ["lake.png", "v.mp4"]
    assert (await shelf.item("harbour.png")).is_start_image


async def test_equal_time_stamps_say_nothing(shelf: Shelf) -> None:
    for name, data in (
        ("ComfyUI_20260101_120000.png", picture(1)),
        ("ComfyUI_20260101_120000.mp4", files.video("mp4")),
    ):
        os.utime(put(shelf.output / name, data), (1_700_000_000, 1_700_000_000))
    await shelf.start()
    assert len(await shelf.names(SHOWN)) == 2


async def test_only_the_first_frame_counts(shelf: Shelf) -> None:
    """Not a last frame, and not a picture that is only looked at."""
    put(shelf.output / "end.png", picture(1))
    made = graph("other.png")
    made["50"] = graphs.node("LoadImage", image="end.png")
    made["12"]["class_type"] = "WanFirstLastFrameToVideo"
    made["12"]["inputs"]["end_image"] = ["50", 0]
    put(shelf.output / "v.mp4", files.video("mp4", {"prompt": corpus.dumps(made).decode()}))
    await shelf.start()
    assert "end.png" in await shelf.names(SHOWN)


async def test_through_nodes_that_scale(shelf: Shelf) -> None:
    put(shelf.output / "harbour.png", picture(1))
    made = graph("harbour.png", start_image=["51", 0])
    made["50"] = graphs.node("ImageScale", image=["11", 0], width=64, height=48)
    made["51"] = graphs.node("ImagePadForOutpaint", image=["50", 0])
    put(shelf.output / "v.webm", files.video("webm", {"prompt": corpus.dumps(made).decode()}))
    await shelf.start()
    assert await shelf.names(SHOWN) == ["v.webm"]


async def test_whichever_comes_first_and_whatever_goes(shelf: Shelf) -> None:
    await shelf.start(watched=True)
    put(shelf.output / "v.mp4", video("harbour.png"))
    await shelf.shows("v.mp4")
    put(shelf.output / "harbour.png", picture(1))
    await shelf.shows("v.mp4", "harbour.png")
    assert (await shelf.item("harbour.png")).is_start_image
    (shelf.output / "v.mp4").unlink()

    async def back() -> bool:
        return not (await shelf.item("harbour.png")).is_start_image

    await shelf.until(back)


async def test_a_picture_far_away_of_a_name_that_many_have(shelf: Shelf) -> None:
    put(shelf.output / "one" / "ComfyUI_00001_.png", picture(1))
    put(shelf.output / "two" / "ComfyUI_00001_.png", picture(2))
    put(shelf.output / "two" / "v.mp4", video("ComfyUI_00001_.png"))
    library = await shelf.start()
    hidden = [item for item in (await library.page(MediaQuery(hide_start_images=False))).items if item.is_start_image]
    assert [item.folder.rsplit("/", 1)[1] for item in hidden] == ["two"]


async def test_by_content_where_it_is_known(shelf: Shelf) -> None:
    """Our own uploads bear the content's hash: another picture of that name stays, the right one goes under any name
    it is given later."""
    digest = hashlib.sha256(picture(1)).hexdigest()[:24]
    params = dict(corpus.PARAMS) | {"image": "harbour.png"}
    put(shelf.output / "harbour.png", picture(1))
    put(shelf.output / "other" / "harbour.png", picture(2))
    path = put(shelf.output / "v.mp4", files.video("mp4"))
    embed(path, params, graph(f"oelala_{digest}.png"))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    library = await shelf.start()
    shown = (await library.page(SHOWN)).items
    assert sorted(item.path for item in shown) == sorted([str(shelf.output / "other" / "harbour.png"), str(path)])
    hidden = await library.by_path(shelf.output / "harbour.png")
    assert hidden is not None
    renamed = await library.rename(hidden.id, "pier.png")
    assert renamed.is_start_image


def kept_input(path: Path, folder: Path) -> Kept:
    kept = InputStore(folder).take(path, FieldKind.PICTURE, "image").kept
    assert kept is not None
    return kept


async def test_a_picture_that_was_turned_before_it_was_sent(shelf: Shelf) -> None:
    data = files.saved("PNG", files.picture((96, 80)).convert("RGBA"))
    path = put(shelf.output / "clear.png", data)
    kept = kept_input(path, shelf.paths.inputs)
    result = put(shelf.output / "v.mp4", files.video("mp4"))
    embed(result, dict(corpus.PARAMS) | {"image": "clear.png"}, graph(kept.upload_name))
    os.utime(result, (1_700_000_000, 1_700_000_000))
    await shelf.start()
    assert await shelf.names(SHOWN) == ["v.mp4"]


def job(shelf: Shelf, start: str, digest: str, result: str) -> Job:
    return Job(
        id="job-9", tool="image-to-video", preset="image-to-video.sketch", engine=EngineRef("sketch"),
        state=JobState.DONE, values={}, params={}, graph={}, prefix="oelala/job-9", seed=1, width=64, height=48,
        num_frames=9, fps=16, created_at=1.0, position=1.0,
        inputs=(JobInput("image", "/kept", f"oelala_{digest}.png", f"/anywhere/{start}"),),
        outputs=(Output(str(shelf.output / result), "video", 64, 48, 9, 16.0),),
    )  # fmt: skip


async def test_a_job_knows_what_its_video_does_not_say(shelf: Shelf) -> None:
    put(shelf.output / "harbour.png", picture(1))
    digest = hashlib.sha256(picture(1)).hexdigest()[:24]
    await shelf.start()
    assert await shelf.names(SHOWN) == ["harbour.png"]
    shelf.jobs["job-9"] = job(shelf, "harbour.png", digest, "v.mp4")
    path = put(shelf.output / "v.mp4", files.video("mp4"))
    shelf.bus.publish(MediaAdded(str(path), "job-9"))
    await shelf.shows("harbour.png", "v.mp4")

    async def only_the_video() -> bool:
        return await shelf.names(SHOWN) == ["v.mp4"]

    await shelf.until(only_the_video)
    # An index that is made anew learns it from the jobs.
    await shelf.library.close()
    shelf.paths.media_database.unlink()
    shelf.make()
    await shelf.start()

    async def known() -> bool:
        return await shelf.names(SHOWN) == ["v.mp4"] and (await shelf.item("v.mp4")).job_id == "job-9"

    await shelf.until(known)
    unfinished = dataclasses.replace(shelf.jobs["job-9"], state=JobState.FAILED)
    assert unfinished.state.is_final


async def test_the_picture_that_a_saver_writes_beside_its_video(shelf: Shelf) -> None:
    saver = graphs.two_pass()  # its last node is VHS_VideoCombine
    put(shelf.output / "take_1.png", picture(1, prompt=saver))
    put(shelf.output / "take_1.mp4", files.video("mp4", {"comment": corpus.dumps({"prompt": saver}).decode()}))
    put(shelf.output / "take_2.png", picture(2, prompt=saver))
    put(shelf.output / "take_2-audio.mp4", files.video("mp4"))  # lost its own
    put(shelf.output / "still.png", picture(3, prompt=graphs.one_pass()))
    put(shelf.output / "still.mp4", files.video("mp4", {"comment": corpus.dumps({"prompt": saver}).decode()}))
    library = await shelf.start()
    assert sorted(await shelf.names(SHOWN)) == ["still.mp4", "still.png", "take_1.mp4", "take_2-audio.mp4"]
    assert (await library.info((await shelf.item("take_2-audio.mp4")).id)).prompt == graphs.POSITIVE


async def test_under_any_name_by_content_and_size(shelf: Shelf) -> None:
    """A picture that was uploaded from elsewhere bears another name there; one of the same size is not taken for it."""
    turned = files.saved("PNG", files.picture((96, 80)).convert("RGBA"))
    source = put(shelf.paths.data / "elsewhere" / "upload.png", turned)
    kept = kept_input(source, shelf.paths.inputs)
    put(shelf.output / "the name in my folder.png", turned)
    put(shelf.output / "as large.png", turned[:-20] + bytes(20))
    result = put(shelf.output / "v.mp4", files.video("mp4"))
    embed(result, dict(corpus.PARAMS) | {"image": "upload.png", "image_bytes": len(turned)}, graph(kept.upload_name))
    os.utime(result, (1_700_000_000, 1_700_000_000))
    await shelf.start(watched=True)
    assert sorted(await shelf.names(SHOWN)) == ["as large.png", "v.mp4"]
    put(shelf.output / "a later copy.png", turned)
    await shelf.shows("a later copy.png", "as large.png", "the name in my folder.png", "v.mp4")
    assert sorted(await shelf.names(SHOWN)) == ["as large.png", "v.mp4"]
    result.unlink()
    await shelf.shows("a later copy.png", "as large.png", "the name in my folder.png")

    async def back() -> bool:
        return len(await shelf.names(SHOWN)) == 3

    await shelf.until(back)
