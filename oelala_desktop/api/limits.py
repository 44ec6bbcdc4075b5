"""How much of a request is taken, beside the files that it carries."""

from __future__ import annotations

MAX_TEXT = 256 * 1024  # bytes of all text fields of a form together, or of a JSON body
OVERHEAD = 64 * 1024  # bytes of a form around its fields
