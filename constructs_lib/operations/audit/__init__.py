"""Hold the rules against what is deployed."""
