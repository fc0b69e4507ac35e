"""Every input of a format certified, shard by shard."""
