"""From template files to who invokes which function, in pure Python."""
