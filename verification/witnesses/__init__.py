"""The witnesses against the reference, and the certificate of what they say."""
