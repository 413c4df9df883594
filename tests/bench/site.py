"""The built site: what its pages weigh on the way to a reader, and Lighthouse's marks."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.browsing import chromium, open_page, start_browser, visit_weights
from tests.hosting import serve
from tests.lighthouse import audit

ROOT = Path(__file__).parents[2]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
AUDITED = ["", "02-attention/four-steps/", "04-transformer/sentence/"]


def rows() -> Iterator[tuple[str, str, str]]:
    """Weigh every page of the site in `site/`, and audit three."""
    site = ROOT / "site"
    with serve(site) as base:
        weights = _weights(site, f"{base}en/")
        heaviest = max((it for it in weights if it[:1].isdigit()), key=weights.get)
        yield "home, bytes sent", f"{weights['']:,}", "<= 87,000"
        yield f"heaviest chapter, {heaviest}", f"{weights[heaviest]:,}", "<= 146,000"
        for page in AUDITED:
            with tempfile.TemporaryDirectory() as folder:
                marks = audit(
                    f"{base}en/{page}", Path(folder), CATEGORIES, chromium() or ""
                )
            told = " / ".join(f"{marks[name]:.0f}" for name in CATEGORIES)
            yield (
                f"Lighthouse, desktop, {page or 'home'}",
                told,
                "100 / 100 / 100 / 100",
            )


def _weights(site: Path, base: str) -> dict[str, int]:
    pages = [it.parent.relative_to(site / "en") for it in site.glob("en/**/index.html")]
    weights = {}
    with start_browser() as browser:
        for page in sorted(f"{it}/" if it.parts else "" for it in pages):
            with open_page(browser, base + page) as (view, _):
                view.wait_for_load_state("networkidle")
                weights[page] = sum(visit_weights(view).values())
    return weights
