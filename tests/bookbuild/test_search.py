"""Code and drawings are marked, so that the search index leaves them out."""

from markdown import markdown

EXTENSIONS = [
    "bookbuild.render.search",
    "bookbuild.render.math",
    "pymdownx.superfences",
]


def test_code_and_drawings_are_marked_once():
    drawing = '<figure><svg aria-label="a" role="img"></svg></figure>'
    text = f"Prose with `<pre>`.\n\n```python\nx = 1\n```\n\n    y = 2\n\n{drawing}\n"
    markup = markdown(text, extensions=EXTENSIONS)
    assert markup.count("<pre data-search-exclude>") == markup.count("<pre") == 2
    assert '<svg data-search-exclude aria-label="a" role="img">' in markup
    again = markdown(markup, extensions=EXTENSIONS)
    assert again.count("data-search-exclude") == 3


def test_prose_and_what_formulas_are_drawn_of_stay_as_they_are():
    markup = markdown("Prose, $\\sqrt{x}$.", extensions=EXTENSIONS)
    assert "<svg xmlns" in markup
    assert markup.count("data-search-exclude") == 1
