"""The few words messaging says by itself."""

OPT_OUT_CONFIRMED = "You are unsubscribed and will get no more texts from us. Reply START to get them again."
OPT_IN_CONFIRMED = "You will get our texts again. Reply STOP to end them, HELP for help."
