"""The plot floor."""
