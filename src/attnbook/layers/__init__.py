"""The layers floor."""
