"""Names of days, months and small numbers as people text them."""

WEEKDAY = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "weds": 2, "wed": 2, "thursday": 3, "thurs": 3,
    "thur": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
}  # fmt: skip
_MONTHS = ("january", "february", "march", "april", "may", "june", "july")
_LATER_MONTHS = ("august", "september", "october", "november", "december")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

DAY_NAMES = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
# "mon", "wed", "sat" and "sun" are also words: "sat with John", "sun room".
WEEKDAYS = (
    r"(?:monday|tuesday|tues|tue|wednesday|weds|thursday|thurs|thur|thu|friday|fri|saturday|sunday"
    r"|(?<=on )(?:mon|wed|sat|sun)|(?<=by )(?:mon|wed|sat|sun)|(?<=next )(?:mon|wed|sat|sun)|(?<=this )(?:mon|wed|sat|sun)"
    r"|(?<=until )(?:mon|wed|sat|sun)|(?<=till )(?:mon|wed|sat|sun)|(?<=me )(?:mon|wed|sat|sun)|(?<=every )(?:mon|wed|sat|sun))"
)
MONTH_NAMES = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)


def month_of(name: str) -> int:
    """1 to 12 for a name that MONTH_NAMES matches."""
    return next(index for index, month in enumerate((*_MONTHS, *_LATER_MONTHS), 1) if month.startswith(name[:3]))


def number_of(word: str) -> int | None:
    """A count as digits or a small word: "a" is 1, "a couple" 2, "a few" 3."""
    if word.isdigit():
        return int(word)
    if word in ("a", "an"):
        return 1
    if "couple" in word:
        return 2
    if word.endswith("few"):
        return 3
    return _NUMBERS.index(word) if word in _NUMBERS else None
