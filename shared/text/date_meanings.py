"""Which function says what a section of rules in `lexicon/dates.txt` means."""

from shared.text import calendar_days, relative_days
from shared.text.date_rules import Meaning

# In the order in which they hold.
MEANINGS: dict[str, Meaning] = {
    "day_after_tomorrow": relative_days.in_days(2),
    "from_anchor": relative_days.from_anchor,
    "counted_from_holiday": calendar_days.counted_from_holiday,
    "around_holiday": calendar_days.around_holiday,
    "tomorrow": relative_days.in_days(1),
    "today": relative_days.in_days(0),
    "amount": relative_days.amount,
    "end_of_period": relative_days.end_of_period,
    "end_of_month": calendar_days.end_of_month,
    "end_of_quarter": calendar_days.end_of_quarter,
    "holiday": calendar_days.holiday,
    "start_of_period": relative_days.start_of_period,
    "month_day": calendar_days.month_day,
    "day_month": calendar_days.month_day,
    "iso": calendar_days.iso,
    "slashed": calendar_days.slashed,
    "dotted": calendar_days.dotted,
    "dashed": calendar_days.slashed,
    "nth_weekday": calendar_days.weekday_of_month,
    "weekday": relative_days.weekday,
    "after_next": relative_days.after_next,
    "quarter": calendar_days.quarter,
    "week": relative_days.week,
    "month": calendar_days.month,
    "year": calendar_days.year,
    "ordinal": relative_days.ordinal,
}
