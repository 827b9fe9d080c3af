"""The report of an evaluation: tables for the terminal and for Markdown, and the reliability curve as a picture."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from benchmarks.texts.scores import Scores, curve

SIDE, EDGE = 320, 50


def show(console: Console, title: str, by_reader: Mapping[str, Scores], mistakes: int) -> None:
    """Precision, recall and F1 of the first reader; F1 of the others beside it."""
    first, *others = by_reader.values()
    table = Table(title=title, title_justify="left")
    names = list(by_reader)
    for column in ("", "precision", "recall", f"F1 {names[0]}", *(f"F1 {name}" for name in names[1:]), "n"):
        table.add_column(column, justify="left" if not column else "right")
    for name, count in first.counts.items():
        beside = [other.counts[name].f1 if name in other.counts else 0.0 for other in others]
        shown = (f"{value:.3f}" for value in (count.precision, count.recall, count.f1, *beside))
        table.add_row(name, *shown, str(count.right + count.missed))
    console.print(table)
    if first.sure:
        told = ", ".join(f"{name} {scores.calibration_error:.3f}" for name, scores in by_reader.items())
        console.print(f"calibration error: {told}\n")
    for each in first.mistakes[:mistakes]:
        console.print(f"[bold]{each.id}[/] {each.what}: found {each.found}; told {each.told}\n   {each.text}")


def reliability(by_kind: Mapping[str, Scores]) -> str:
    """An SVG: how often a claim was right, over how sure it was; the area of a dot is the share of texts it stands for."""
    kinds = {kind: curve(scores.sure) for kind, scores in by_kind.items() if scores.sure}
    colours = dict(zip(kinds, ("#1f6f8b", "#c8553d", "#588157"), strict=False))
    drawn = [line for n, (kind, points) in enumerate(kinds.items()) for line in _curve(kind, points, colours[kind], n)]
    whole = SIDE + 2 * EDGE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{whole}" font-family="sans-serif" font-size="12">',
            f'<rect width="{whole}" height="{whole}" fill="white"/>',
            *_axes(),
            *drawn,
            "</svg>\n",
        ]
    )


def _axes() -> list[str]:
    lines = [f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#999" stroke-dasharray="4"/>']
    for tenth in range(0, 11, 2):
        at = tenth / 10
        lines.append(f'<path d="M{_x(at)} {_y(0)}V{_y(1)}M{_x(0)} {_y(at)}H{_x(1)}" stroke="#eee"/>')
        lines.append(f'<text x="{_x(at)}" y="{_y(0) + 18}" text-anchor="middle">{at:.1f}</text>')
        lines.append(f'<text x="{_x(0) - 8}" y="{_y(at) + 4}" text-anchor="end">{at:.1f}</text>')
    lines.append(f'<text x="{_x(0.5)}" y="{_y(0) + 38}" text-anchor="middle">how sure it was</text>')
    lines.append(f'<text x="{_x(0)}" y="{_y(1) - 14}">how often it was right</text>')
    return lines


def _curve(kind: str, points: list[tuple[float, float, float]], colour: str, nth: int) -> list[str]:
    path = "L".join(f"{_x(claimed)} {_y(was)}" for claimed, was, _ in points)
    dots = [
        f'<circle cx="{_x(c)}" cy="{_y(w)}" r="{3 + 14 * share**0.5:.1f}" fill="{colour}" fill-opacity="0.5"/>'
        for c, w, share in points
    ]
    named = f'<text x="{_x(1) - 4}" y="{_y(0) - 10 - 16 * nth}" text-anchor="end" fill="{colour}">{kind}</text>'
    return [f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots, named]


def _x(value: float) -> float:
    return round(EDGE + SIDE * value, 1)


def _y(value: float) -> float:
    return round(EDGE + SIDE * (1 - value), 1)


def markdown(title: str, by_reader: Mapping[str, Scores]) -> str:
    names = list(by_reader)
    lines = [
        f"## {title}",
        "",
        "| | n | " + " | ".join(f"F1 {name}" for name in names) + " |",
        "|---|---" + "|---" * len(names) + "|",
    ]
    first = by_reader[names[0]]
    for field, count in first.counts.items():
        scores = " | ".join(
            f"{each.counts[field].f1:.3f}" if field in each.counts else "-" for each in by_reader.values()
        )
        lines.append(f"| {field} | {count.right + count.missed} | {scores} |")
    if first.sure:
        lines += [
            "",
            "Calibration error: " + ", ".join(f"{n} {s.calibration_error:.3f}" for n, s in by_reader.items()) + ".",
        ]
    return "\n".join(lines) + "\n"
