"""The trained model of what a turn, or a part of one, wants."""

from functools import cache
from importlib.resources import as_file, files

from shared.text.linear import Linear

WEIGHTS = "turns.bin"


@cache
def intent_model() -> Linear:
    with as_file(files("shared.text.lexicon").joinpath(WEIGHTS)) as path:
        return Linear.load(path)
