"""Password hashes (argon2id), made and checked in threads, a few at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.errors import Unavailable

MOST_WAITING = 64
# OWASP's parameters: 19 MiB and two passes cost about 20 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Of no password: checked where there is no user, so that both take the same time.
_NOBODYS = _HASHER.hash("nobody's password")


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_HASHER.hash, password)


class Passwords:
    """Checks at sign-in: `at_once` bounds memory and CPU; who would wait behind too many is told to come again."""

    def __init__(self, at_once: int = 2) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="passwords")
        self._waiting = 0

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """False without a hash too, and no sooner."""
        if self._waiting >= MOST_WAITING:
            raise Unavailable("Too many people sign in at once. Try again in a few seconds.")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            is_it = await loop.run_in_executor(self._threads, fits, password_hash or _NOBODYS, password)
        finally:
            self._waiting -= 1
        return is_it and password_hash is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def fits(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
