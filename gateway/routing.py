"""One table: which path belongs to which service."""

SERVICES = ("directory", "messaging", "actions", "followups")

PREFIXES: dict[str, str] = {
    "/.well-known/jwks.json": "directory",
    **dict.fromkeys(
        (
            *("/api/v1/auth", "/api/v1/account", "/api/v1/users", "/api/v1/api-keys"),
            *("/api/v1/contractors", "/api/v1/partners", "/api/v1/events", "/api/v1/sessions", "/api/v1/speakers"),
            *("/api/v1/sponsors", "/api/v1/attendees", "/api/v1/demo-bookings"),
        ),
        "directory",
    ),
    **dict.fromkeys(
        (
            *("/webhooks/twilio", "/api/v1/conversations", "/api/v1/messages"),
            *("/api/v1/suppressions", "/api/v1/sender-numbers"),
        ),
        "messaging",
    ),
    **dict.fromkeys(
        (
            *("/api/v1/notes", "/api/v1/action-items", "/api/v1/email-intro-drafts"),
            *("/api/v1/concierge-turns", "/api/v1/labelled-texts"),
        ),
        "actions",
    ),
    **dict.fromkeys(
        ("/api/v1/followup-schedules", "/api/v1/followup-policy", "/api/v1/priority-questions"), "followups"
    ),
    **{f"/api/v1/services/{service}": service for service in SERVICES},
}

PUBLIC_PREFIXES = ("/.well-known/", "/api/v1/auth/", "/webhooks/")


def service_of(path: str) -> str | None:
    """The owner of `path`: the longest prefix that ends at a `/` or at the path's end."""
    while path and path != "/":
        if path in PREFIXES:
            return PREFIXES[path]
        path = path.rpartition("/")[0]
    return None


def is_public(path: str) -> bool:
    """Whether the path takes no bearer token: sign-in, published keys, signed webhooks."""
    return path.startswith(PUBLIC_PREFIXES)
