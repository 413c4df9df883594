"""Lighthouse's full marks where they do not depend on how busy a machine is."""

import pytest

from browsing import chromium
from hosting import serve
from lighthouse import audit, lost_points

GATED = ["accessibility", "best-practices", "seo"]
PAGES = ["", "02-attention/four-steps/", "04-transformer/sentence/"]
POOR = """<!doctype html><html><meta name=viewport content='width=device-width'>
<title>t</title><img src=logo.svg><a href=x>here</a></html>"""

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_full_marks(base, page, tmp_path):
    scores = audit(base + page, tmp_path, GATED, chromium())
    assert scores == dict.fromkeys(GATED, 100), lost_points(tmp_path)


def test_a_poor_page_has_not(tmp_path):
    (tmp_path / "index.html").write_text(POOR, encoding="utf-8")
    with serve(tmp_path) as base:
        scores = audit(base, tmp_path, GATED, chromium())
    assert all(scores[name] < 100 for name in ("accessibility", "seo")), scores
    assert any("image-alt" in it for it in lost_points(tmp_path))
