"""Where files are kept: put once, get, signed links."""
