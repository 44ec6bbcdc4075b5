"""How much of a file we are willing to look at. A file beyond a limit loses that part, never our time or memory."""

from __future__ import annotations

KIB = 1024
MIB = 1024 * KIB

#: what is read of every file at once; nearly always holds all of a picture's text
HEAD = 64 * KIB
#: one text, inflated
TEXT = 8 * MIB
#: all texts of a file together
TEXTS = 16 * MIB
#: one JSON document
JSON = 8 * MIB
#: objects and arrays in one JSON document: an empty one takes 3 bytes of text and 80 of memory, and graphs of more than
#: a few thousand nodes do not exist
JSON_CONTAINERS = 50_000
#: values in one JSON document, by its commas
JSON_VALUES = 150_000
#: a document for the slow, tolerant parser
JSON_TOLERANT = 4 * MIB
#: how often a JSON text may be a JSON text again (VHS wrote `prompt` doubly encoded inside another object)
JSON_LAYERS = 4
#: chunks, boxes, segments or elements of one file
PARTS = 100_000
#: a movie header (`moov`) or a list of tags
INDEX = 32 * MIB
#: the indexes of a fragmented video's fragments together
FRAGMENTS = 4 * MIB
#: boxes with boxes in them, of one track
NESTS = 48
#: tracks of one video
TRACKS = 64
#: what one list of a video may hold (keys, tags, entries)
ENTRIES = 2_000
#: nodes visited on one walk through a graph
GRAPH_STEPS = 4_000
#: samplers, outputs, models, LoRAs, texts of one graph that are looked at
GRAPH_PARTS = 64
#: passes over one latent
PASSES = 8
#: one text as it is shown and searched; a prompt is far below
PROMPT = 1 * MIB
