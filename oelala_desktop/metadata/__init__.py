"""What made a file and what it is, read and written without decoding a pixel."""

from __future__ import annotations

from oelala_desktop.metadata.reading import FileMetadata, MediaFacts, check_complete, probe, read, read_bytes
from oelala_desktop.metadata.report import report
from oelala_desktop.metadata.sniff import sniff
from oelala_desktop.metadata.sounds import check_sound, sniff_sound
from oelala_desktop.metadata.weights import job_of_weights

__all__ = [
    "FileMetadata",
    "MediaFacts",
    "check_complete",
    "check_sound",
    "job_of_weights",
    "probe",
    "read",
    "read_bytes",
    "report",
    "sniff",
    "sniff_sound",
]
