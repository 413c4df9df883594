"""Terms of the glossary explain themselves where a page first names them."""

import markdown
import pytest

GLOSSARY = """\
# Glossary

**Token** · <span lang="ko">토큰</span> { #token }
:   One piece of a *text*, $x_i$, as a [model](x.md) sees it. See [chapter 1](../one.md).

**Source token** · <span lang="ko">소스 토큰</span> { #source-token }
:   A token that is read.
"""


@pytest.fixture
def render(tmp_path):
    (tmp_path / "reference").mkdir()
    (tmp_path / "part").mkdir()
    (tmp_path / "reference" / "glossary.md").write_text(GLOSSARY, encoding="utf-8")

    def render(text, name="part/page.md"):
        page = tmp_path / name
        page.write_text(text, encoding="utf-8")
        extensions = ["fenced_code", "def_list", "bookbuild.render.glossary"]
        md = markdown.Markdown(extensions=extensions)
        md.page_path = page
        return md.convert(text)

    return render


def test_the_first_mention_is_a_link_with_the_sentence(render):
    html = render("Each token counts. A token is small.")
    link = (
        '<a class="term" href="../reference/glossary.md#token" '
        'title="One piece of a text, x_i, as a model sees it. (토큰)">token</a>'
    )
    assert html == f"<p>Each {link} counts. A token is small.</p>"


def test_the_longest_term_wins_and_case_does_not_matter(render):
    html = render("A Source token. Tokens, token.")
    assert html.count('class="term"') == 2
    assert ">Source token</a>. <a" in html
    assert ">Tokens</a>, token." in html


@pytest.mark.parametrize(
    "text",
    [
        "# Token",
        "`token`",
        "[token](x.md)",
        "**token**",
        "```\ntoken\n```",
        "tokenise, sub-token, mytoken",
    ],
)
def test_headings_code_and_links_are_left_alone(render, text):
    assert "term" not in render(text)


def test_emphasis_and_lists_are_looked_through(render):
    assert render("* one *token* here").count('class="term"') == 1
    assert render("Not `code` but *a* token.").count('class="term"') == 1


def test_the_glossary_does_not_explain_itself(render):
    assert "term" not in render(GLOSSARY, "reference/glossary.md").replace("terms", "")
