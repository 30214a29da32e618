"""Who invokes which function, and how."""
