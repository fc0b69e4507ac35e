"""What the frameworks compute."""
