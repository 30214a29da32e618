"""The formats of failed events, one module for each origin; ``parse`` of a module returns None for another format."""
