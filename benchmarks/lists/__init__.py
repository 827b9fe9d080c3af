"""How long the lists take in the database, as the tables grow to a million rows."""
