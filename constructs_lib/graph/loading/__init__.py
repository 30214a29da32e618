"""From paths to the templates in them, and back to the lines of a finding."""
