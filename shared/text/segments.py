"""How many SMS segments a text costs."""

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = _GSM_BASIC | _GSM_EXTENSION


def is_gsm7(body: str) -> bool:
    """Whether every character is in GSM-7, its extension table included (those cost two units)."""
    return _GSM.issuperset(body)


def count_segments(body: str) -> int:
    """Segments billed for `body`: GSM-7 at 160 (153 a part), else UCS-2 at 70 (67 a part). Empty counts 1."""
    if is_gsm7(body):
        return _count([2 if char in _GSM_EXTENSION else 1 for char in body], single=160, part=153)
    return _count([2 if ord(char) > 0xFFFF else 1 for char in body], single=70, part=67)


def _count(units: list[int], single: int, part: int) -> int:
    if sum(units) <= single:
        return 1
    segments, free = 1, part
    for cost in units:
        # A pair (escape and character, or two surrogates) is never split between two parts.
        if cost > free:
            segments, free = segments + 1, part
        free -= cost
    return segments
