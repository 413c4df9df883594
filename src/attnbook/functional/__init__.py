"""The functional floor."""
