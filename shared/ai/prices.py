"""What tokens cost, by the price list beside this file, and what an account may still spend today."""

import time
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from shared.ai.provider import Tokens

_LIST = tomllib.loads((Path(__file__).parent / "prices.toml").read_text(encoding="utf-8"))
_MODELS: dict[str, dict[str, str]] = _LIST["models"]
PRICE_VERSION: str = _LIST["version"]
_DAY_SECONDS = 86_400


def cost(model: str, tokens: Tokens) -> Decimal | None:
    """US dollars; None for a model that is not on the list. A dated name (`…-20261007`) has the price of its model."""
    known = [name for name in _MODELS if model == name or (model.startswith(f"{name}-") and model[-8:].isdecimal())]
    if not known:
        return None
    price = _MODELS[max(known, key=len)]
    dollars = sum((Decimal(rate) * getattr(tokens, bucket) for bucket, rate in price.items()), Decimal(0))
    return dollars / 1_000_000


class DailyBudget:
    """Dollars an account may spend in 24 hours, counted by this process. A question in flight is not counted yet."""

    def __init__(self, limit: Decimal, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._spent: dict[UUID, tuple[float, Decimal]] = {}

    def spend(self, account_id: UUID, dollars: Decimal) -> None:
        began, spent = self._today(account_id)
        self._spent[account_id] = began, spent + dollars

    def is_used_up(self, account_id: UUID) -> bool:
        return self._today(account_id)[1] >= self._limit

    def _today(self, account_id: UUID) -> tuple[float, Decimal]:
        now = self._clock()
        began, spent = self._spent.get(account_id, (now, Decimal(0)))
        return (began, spent) if now - began < _DAY_SECONDS else (now, Decimal(0))
