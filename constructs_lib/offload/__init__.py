"""Long work behind an API: the client gets 202 at once, the work goes on where it cannot be lost."""
