"""Runs the blocks of pages: one clean process a page, in parallel, cached."""
