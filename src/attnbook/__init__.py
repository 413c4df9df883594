"""Attention, from a dictionary lookup to the whole Transformer."""
