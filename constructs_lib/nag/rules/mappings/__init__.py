"""All event source mappings."""
