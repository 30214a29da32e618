"""What happens to the events of each function: who invokes it, who tries again, and where a failed event ends."""
