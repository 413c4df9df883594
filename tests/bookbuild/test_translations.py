"""A translation takes the original's code and results, and repeats neither."""

import pytest

from .conftest import CONFIG, Book, fence

ENGLISH = "# Numbers\n\n" + fence(
    "total = 6 * 7\nprint(total)", 'id="sum" source="above"'
)
ENGLISH += "\nIt is {{= total }}.\n"
KOREAN = '# 숫자\n\n```python exec="1" id="sum" source="above" result="text"\n```\n'
KOREAN += "\n{{= total }}이다.\n"


@pytest.fixture
def both(book: Book) -> Book:
    book.page(ENGLISH)
    book.write("docs/ko/index.md", KOREAN)
    book.write(
        "mkdocs.ko.yml",
        CONFIG.replace("docs/en", "docs/ko").replace("site/en", "site/ko"),
    )
    return book


def test_both_languages_show_the_one_result(both: Book) -> None:
    told = both.press("build", "mkdocs.yml", "mkdocs.ko.yml")
    assert told.code == 0, told.text
    assert "1 run" in told.text
    assert told.text.count("run, 1 from the cache") == 1, (
        "the second language runs nothing"
    )
    for language in ("en", "ko"):
        html = both.built(language=language)
        assert "<code>42\n" in html
        assert '<span class="computed">42</span>' in html
        assert "total" in html
    root = (both.root / "site/index.html").read_text()
    assert 'href="en/"' in root
    assert 'href="ko/"' in root


FAULTS = {
    "an unknown id": (KOREAN.replace('"sum"', '"sun"'), 3, "has no block id 'sun'"),
    "code of its own": (
        KOREAN.replace('result="text"\n', 'result="text"\nprint(1)\n'),
        3,
        "a translation repeats no code",
    ),
    "an unknown expression": (
        KOREAN.replace("{{= total }}", "{{= total + 1 }}"),
        6,
        "has no inline expression 'total + 1'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_the_original_has_not_is_an_error(both: Book, name: str) -> None:
    text, line, message = FAULTS[name]
    both.write("docs/ko/index.md", text)
    told = both.press("check")
    assert told.code == 1
    assert f"docs/ko/index.md:{line}: " in told.text
    assert message in told.text
