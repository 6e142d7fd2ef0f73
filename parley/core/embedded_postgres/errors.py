class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot serve; the text says why, and what to do about it."""
