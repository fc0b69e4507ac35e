"""How we know: independent witnesses of what ``reference`` says, and their verdict."""
