"""What a user can do wrong."""


class UsageError(Exception):
    """One sentence for the user: what was expected, what came, and the valid choices.

    A command prints it on standard error and exits with status 2.
    """
