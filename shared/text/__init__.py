"""Offline language tools: pure functions over short texts, with no I/O and no shared state when called."""
