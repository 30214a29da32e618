"""The redrive of failed events as a part of an account: a state machine, and the function that it runs in parallel."""
