"""Failed events, whatever their origin, in one normal form."""
