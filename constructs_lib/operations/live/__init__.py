"""The live configuration of an account, in the form of a template, so that the graph and its rules can read it."""
