"""Python-Markdown extensions: put what ran where it stands on the page."""
