"""The pages at the site's root: one sends a reader to an edition, one tells of a wrong address."""

from pathlib import Path

NAMES = {"en": "English", "ko": "한국어"}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>attnbook</title>
<meta http-equiv="refresh" content="{delay}; url={first}/">
<script>
var there = {languages};
var asked = (navigator.languages || [navigator.language]).map(function (language) {{
  return language.slice(0, 2);
}});
var found = asked.filter(function (code) {{ return there.indexOf(code) >= 0; }})[0] || there[0];
location.replace(found + "/" + location.hash);
</script>
</head>
<body>
<ul>
{links}
</ul>
</body>
</html>
"""

# A host answers a wrong address, at any depth, with the one at its root: all is in it, and
# links begin at the root.
NOT_FOUND = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Not found - attnbook</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.1rem/1.6 system-ui; margin: 15vh auto; max-width: 30rem; padding: 1rem; }}
</style>
</head>
<body>
<main>
<h1>No page looks at this address</h1>
<p>Every weight of it is 0. The book begins here:</p>
<ul>
{links}
</ul>
</main>
</body>
</html>
"""


def write_front(site: Path, root: str = "/") -> None:
    """Write `index.html`, with a link to every edition in `site`, and `404.html`.

    Args:
        site: The folder of the site, with an edition in each of its folders.
        root: The address at which the site will lie; the root of a host, if not told.
    """
    found = [code for code in NAMES if (site / code / "index.html").exists()]
    if not found:
        return

    def links(base: str) -> str:
        items = [
            f'<li><a href="{base}{c}/" lang="{c}">{NAMES[c]}</a></li>' for c in found
        ]
        return "\n".join(items)

    # With a script the language decides; without one, a single edition is gone to at once.
    page = PAGE.format(
        first=found[0],
        languages=found,
        links=links(""),
        delay=0 if len(found) == 1 else 5,
    )
    (site / "index.html").write_text(page, encoding="utf-8")
    missing = NOT_FOUND.format(links=links(root))
    (site / "404.html").write_text(missing, encoding="utf-8")
