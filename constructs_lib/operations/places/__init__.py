"""Where failed events wait in an account."""
