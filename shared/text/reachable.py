"""Numbers and addresses of a text, found once for all readers that must not take them for something else."""

from dataclasses import dataclass

from shared.text.emails import FoundEmail, find_emails
from shared.text.phones import FoundPhone, find_phones
from shared.text.plain import Place


@dataclass(frozen=True, slots=True)
class Reachable:
    phones: tuple[FoundPhone, ...]
    emails: tuple[FoundEmail, ...]

    @property
    def places(self) -> list[Place]:
        return [(one.start, one.end) for one in self.phones] + [(one.start, one.end) for one in self.emails]

    def __bool__(self) -> bool:
        return bool(self.phones or self.emails)


def find_reachable(text: str) -> Reachable:
    """Phones and e-mails; the costly search runs only where there are digits for it."""
    digits = sum(char.isdigit() for char in text)
    return Reachable(find_phones(text) if digits >= 7 else (), find_emails(text) if "@" in text else ())
