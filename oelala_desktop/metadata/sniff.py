"""The type of a file by its first bytes, whatever its name says."""

from __future__ import annotations

_PNG = b"\x89PNG\r\n\x1a\n"
_EBML = b"\x1a\x45\xdf\xa3"
#: boxes that may open a QuickTime file written without `ftyp` (QuickTime File Format, "Overview of movie files")
_QUICKTIME_FIRST = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
#: HEIF and JPEG XL pictures share the box layout but we read none of them
_FOREIGN_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"jxl ", b"jp2 ", b"crx "})


def sniff(head: bytes) -> str | None:
    """`png` (animated ones too), `jpeg`, `webp`, `gif`, `bmp`, `tiff`, `avif`, `mp4`, `mov`, `webm`, `mkv`, or None
    for anything else (HTML and text among it). 64 bytes are enough, but for webm and mkv the EBML header is wanted
    whole."""
    first = head[:4]
    if head[:8] == _PNG:
        return "png"
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if first == b"RIFF":
        return "webp" if head[8:12] == b"WEBP" else None
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if first == _EBML:
        return _matroska(head)
    if first in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if head[:2] == b"BM":
        return "bmp" if _is_bmp(head) else None
    return _boxes(head)


def _boxes(head: bytes) -> str | None:
    kind = head[4:8]
    if kind == b"ftyp":
        brand = head[8:12]
        size = int.from_bytes(head[:4], "big")
        brands = {brand, *(head[i : i + 4] for i in range(16, min(size, len(head), 256), 4))}
        if brand in _AVIF_BRANDS or (brand in (b"mif1", b"msf1") and brands & _AVIF_BRANDS):
            return "avif"
        if brand in _FOREIGN_BRANDS:
            return None
        return "mov" if brand == b"qt  " else "mp4"
    if kind in _QUICKTIME_FIRST:
        return "mov"
    return None


def _matroska(head: bytes) -> str | None:
    # DocType is element 0x4282 of the EBML header (RFC 8794 §11.2.5).
    at = head.find(b"\x42\x82", 4, 256)
    if at < 0 or at + 3 > len(head):
        return None
    length = head[at + 2] & 0x7F
    doctype = head[at + 3 : at + 3 + length].rstrip(b"\0")
    return {b"webm": "webm", b"matroska": "mkv"}.get(doctype)


def _is_bmp(head: bytes) -> bool:
    # "BM" alone opens many texts: the size of the second header must be one that exists.
    return len(head) >= 26 and int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
