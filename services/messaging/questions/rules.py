"""Numbers for the options of a question, so that "1" has one meaning in a conversation."""

from collections.abc import Iterable
from itertools import count

from shared.contracts.messaging import NumberedOption, Option


def number_options(options: Iterable[Option], taken: Iterable[int]) -> list[NumberedOption]:
    """The lowest numbers that are free, rising in the order of `options`."""
    used = set(taken)
    free = (number for number in count(1) if number not in used)
    return [NumberedOption(key=option.key, label=option.label, number=next(free)) for option in options]


def with_option_lines(body: str, options: Iterable[NumberedOption]) -> str:
    """`body`, and a line `1 Yes` for each option."""
    return "\n".join([body, *(f"{option.number} {option.label}" for option in options)])
