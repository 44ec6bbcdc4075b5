"""What is done once for all who ask."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from oelala_desktop.services.inputs.once import Once


def always(_: object) -> bool:
    return True


def test_the_same_is_done_once() -> None:
    once: Once[str] = Once(2)
    done: list[str] = []

    def work(key: str) -> str:
        return once(key, lambda: done.append(key) or key.upper(), always)

    assert [work(key) for key in "aabab"] == list("AABAB") and done == ["a", "b"]


def test_the_oldest_is_forgotten_and_use_keeps() -> None:
    once: Once[int] = Once(2)
    count = iter(range(100))
    ask = {key: (lambda key=key: once(key, lambda: next(count), always)) for key in "abc"}
    assert [ask[key]() for key in "abac"] == [0, 1, 0, 2]
    assert [ask[key]() for key in "ab"] == [0, 3], "b had to go for c"


def test_what_no_longer_holds_is_done_again() -> None:
    once: Once[int] = Once(1)
    count = iter(range(100))
    assert [once("a", lambda: next(count), lambda value: value > 0) for _ in range(3)] == [0, 1, 1]


def test_what_it_raises_is_not_remembered() -> None:
    once: Once[int] = Once(1)
    with pytest.raises(ZeroDivisionError):
        once("a", lambda: 1 // 0, always)
    assert once("a", lambda: 5, always) == 5


def test_who_asks_meanwhile_waits_for_the_first() -> None:
    once: Once[int] = Once(1)
    begun, goes_on = threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        assert goes_on.wait(20)
        return 1

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once, "a", slow, always)
        assert begun.wait(20)
        second = pool.submit(once, "a", lambda: 2, always)
        goes_on.set()
        assert (first.result(20), second.result(20)) == (1, 1)
