"""The growth of the lists as a picture: milliseconds over rows, both by powers of ten."""

import math
from collections.abc import Mapping

WIDTH, HEIGHT, EDGE = 420, 320, 50
LOWEST, HIGHEST = 0.1, 1000.0


def curve(times: Mapping[str, Mapping[int, float]], limit: float) -> str:
    """One line a list; red where it ends over the limit. A line's title is its list's name."""
    sizes = sorted({rows for by_rows in times.values() for rows in by_rows})
    lines = [_line(name, by_rows, limit, sizes) for name, by_rows in times.items()]
    width, height = WIDTH + 2 * EDGE, HEIGHT + 2 * EDGE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            *_axes(sizes),
            f'<path d="M{_x(sizes[0], sizes)} {_y(limit)}H{_x(sizes[-1], sizes)}" stroke="#c8553d" stroke-dasharray="4"/>',
            *lines,
            "</svg>\n",
        ]
    )


def _axes(sizes: list[int]) -> list[str]:
    marks = [
        f'<text x="{_x(rows, sizes)}" y="{_y(LOWEST) + 18}" text-anchor="middle">{rows:,}</text>' for rows in sizes
    ]
    for power in range(round(math.log10(LOWEST)), round(math.log10(HIGHEST)) + 1):
        at = _y(10**power)
        marks.append(f'<path d="M{_x(sizes[0], sizes)} {at}H{_x(sizes[-1], sizes)}" stroke="#ddd"/>')
        marks.append(f'<text x="{EDGE - 8}" y="{at + 4}" text-anchor="end">{10.0**power:g}</text>')
    marks.append(f'<text x="{EDGE + WIDTH / 2}" y="{_y(LOWEST) + 38}" text-anchor="middle">rows in the table</text>')
    marks.append(f'<text x="{EDGE}" y="{_y(HIGHEST) - 14}">milliseconds in the database</text>')
    return marks


def _line(name: str, by_rows: Mapping[int, float], limit: float, sizes: list[int]) -> str:
    path = "L".join(f"{_x(rows, sizes)} {_y(took)}" for rows, took in sorted(by_rows.items()))
    colour = "#c8553d" if by_rows[max(by_rows)] > limit else "#1f6f8b"
    title = name.replace("&", "&amp;").replace("<", "&lt;")
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-opacity="0.5"><title>{title}</title></path>'


def _x(rows: int, sizes: list[int]) -> float:
    if len(sizes) == 1:
        return EDGE
    return round(EDGE + WIDTH * math.log(rows / sizes[0]) / math.log(sizes[-1] / sizes[0]), 1)


def _y(milliseconds: float) -> float:
    held = min(max(milliseconds, LOWEST), HIGHEST)
    return round(EDGE + HEIGHT * (1 - math.log(held / LOWEST) / math.log(HIGHEST / LOWEST)), 1)
