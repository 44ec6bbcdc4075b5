"""How much of a request is taken."""

from __future__ import annotations

from oelala_desktop.domain.training import MOST_PICTURES

MAX_TEXT = 256 * 1024  # bytes of all text fields of a form together, or of a JSON body
OVERHEAD = 64 * 1024  # bytes of a form around its fields
MAX_FIELDS = 64
MAX_FILES = 16  # of a form,
MAX_TRAINED = 2 * MOST_PICTURES  # and of one with pictures to learn from, each with its caption
MAX_MEDIA = 4 * 2**30  # bytes of the videos and sounds of a form together
SPARE = 256 * 2**20  # bytes that a video or a sound leaves free on the disk
