"""The constants of a job's life: times in seconds, and how often something is borne. `RULES` are those in force; tests
and other kinds of engine may have others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    on_server: int = 2  # jobs of ours that a server has at a time: one runs, one waits

    # silence
    silence: float = 5.0  # without a word about a job before the engine is asked
    silence_taken_up: float = 1.5  # the same for a job of an earlier process: we are told nothing of it by itself
    missed: float = 2.0  # of silence after which news by asking alone means that the line is dead without knowing it
    ask_again: float = 1.0  # after an engine that did not answer

    # looking again soon
    first_look: float = 0.5  # after a submission, to learn how many are before it
    after_cancel: float = 0.5  # until it is looked whether a cancelled job is gone
    after_end: float = 0.3  # it said that it was over, and its result is on its way
    absent_pause: float = 0.7  # between two looks for a job that is not there

    # what is borne
    absent_checks: int = 3  # times a job must be absent before that is believed
    baffled_tries: int = 12  # times that a well engine may answer nothing to be understood about a job
    baffled_pause: float = 0.5  # between these, doubled each time
    baffled_longest: float = 5.0
    tries: int = 6  # times that an engine which is otherwise well may refuse a job without giving a reason
    faults: int = 3  # times that sending may fail through a fault of our own
    new_inputs: int = 2  # times that inputs go up again to an engine that has lost them
    fetches: int = 3  # times that fetching is begun
    bad_answers: int = 5  # times that a well engine may give out something that is no result
    lacking: int = 3  # files of a job for which that is borne; after so many the others are asked for once
    fetch_pause: float = 0.2  # after a file that did not come, doubled each time
    fetch_longest: float = 1.5
    line_told: int = 3  # times that the line may break while a file comes before that is told
    rounds: int = 3  # times that clips are fetched, if something takes them away before they are joined
    after_fault: float = 5.0  # until a fetch that ended through a fault of ours is begun anew

    # who carries it out
    watch: float = 0.5  # between two looks at the clock
    send_pause: float = 1.0  # between two attempts to send
    disk_pause: float = 3.0  # before a full disk is tried again
    line_wait: float = 1.5  # that a submission waits for the line to open


RULES = Rules()


@dataclass(frozen=True, slots=True)
class Moment:
    """`clock` is monotonic, `epoch` since 1970, both in seconds; `chance` 0…1 spreads what many would do at once."""

    clock: float
    epoch: float
    chance: float

    def jittered(self, seconds: float) -> float:
        """Between 0.75 and 1.25 times `seconds`."""
        return seconds * (0.75 + 0.5 * self.chance)
