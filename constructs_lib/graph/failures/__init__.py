"""Where failed events go, and who notices them there."""
