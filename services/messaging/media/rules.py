"""What a file is, told by its first bytes; never by its name or by what somebody called it."""

import re

_FTYP_IMAGES = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"avif": "image/avif",
}
_FTYP_SOUNDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
)
_VCARD = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:VCARD\s", re.IGNORECASE)


def type_of(content: bytes) -> str | None:
    """The media type of a file we keep: images, sound, PDF, vCard. None for all else: HTML, SVG, programs, nothing."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12])
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return (
            _FTYP_IMAGES.get(brand) or _FTYP_SOUNDS.get(brand) or ("video/3gpp" if brand[:3] == b"3gp" else "video/mp4")
        )
    if len(content) > 2 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    return "text/vcard" if _VCARD.match(content) else None
