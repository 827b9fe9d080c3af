"""The few words messaging says by itself."""

OPT_OUT_CONFIRMED = "You are unsubscribed and will get no more texts from us. Reply START to get them again."
OPT_IN_CONFIRMED = "You will get our texts again. Reply STOP to end them, HELP for help."
START_NEEDED = "You ended our texts with STOP. Text START to get them again."
HELP = (
    "This is the assistant of the event you are at. Text who you met and what you promised; we keep it and check in until it is "
    "done. Ask: what do I owe? who was the roofer? UNDO takes back. Reply STOP to end texts."
)
