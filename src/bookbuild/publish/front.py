"""The page at the site's root: it sends a reader to an edition in their language."""

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


def write_front(site: Path) -> None:
    """Write `index.html`, with a link to every edition that was built into `site`."""
    found = [code for code in NAMES if (site / code / "index.html").exists()]
    if not found:
        return
    links = "\n".join(
        f'<li><a href="{c}/" lang="{c}">{NAMES[c]}</a></li>' for c in found
    )
    # With a script the language decides; without one, a single edition is gone to at once.
    page = PAGE.format(
        first=found[0], languages=found, links=links, delay=0 if len(found) == 1 else 5
    )
    (site / "index.html").write_text(page, encoding="utf-8")
