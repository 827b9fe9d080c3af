"""Numbers, addresses and links of a text, found once for all readers that must not take them for something else."""

from dataclasses import dataclass

from shared.text.emails import FoundEmail, find_emails
from shared.text.links import FoundLink, find_links
from shared.text.phones import FoundPhone, find_phones
from shared.text.plain import Place


@dataclass(frozen=True, slots=True)
class Reachable:
    phones: tuple[FoundPhone, ...]
    emails: tuple[FoundEmail, ...]
    links: tuple[FoundLink, ...] = ()

    @property
    def places(self) -> list[Place]:
        found: list[FoundPhone | FoundEmail | FoundLink] = [*self.phones, *self.emails, *self.links]
        return [(one.start, one.end) for one in found]

    def __bool__(self) -> bool:
        return bool(self.phones or self.emails)


def find_reachable(text: str) -> Reachable:
    """Phones, e-mails and links, as they are typed or as they are spelled out."""
    emails = find_emails(text)
    return Reachable(find_phones(text), emails, find_links(text, emails))
