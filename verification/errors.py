"""What a user can do wrong, and what can be lost."""


class UsageError(Exception):
    """One sentence for the user: what was expected, what came, and the valid choices.

    A command prints it on standard error and exits with status 2.
    """


class WorkersLostError(Exception):
    """The processes that did the work have died, again and again, before they could end it."""
