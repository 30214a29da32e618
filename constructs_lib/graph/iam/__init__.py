"""What policies allow: of roles, of functions, and of what events are sent to."""
