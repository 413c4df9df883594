"""What the site's files weigh, packed as a host packs them. (Pages: test_browser.py.)"""

import gzip

from hosting import PACKED

# Read on demand alone: the finale's weights, the search, the book as one text, as one zip.
ON_DEMAND = {"date-model.js", "search_index.json", "llms-full.txt", "offline.zip"}


def packed(file):
    data = file.read_bytes()
    return len(data if file.suffix in PACKED else gzip.compress(data, 9))


def test_no_file_is_heavy_that_is_not_asked_for(site):
    files = {file: packed(file) for file in site.rglob("*") if file.is_file()}
    heavy = {file.name for file, size in files.items() if size > 100_000}
    assert heavy == ON_DEMAND
    assert all(size < 300_000 for file, size in files.items() if file.suffix != ".zip")


def test_demos_are_small(site):
    scripts = {
        file.name: packed(file)
        for file in (site / "en" / "js").glob("*.js")
        if file.name not in ON_DEMAND
    }
    assert len(scripts) > 5
    assert max(scripts.values()) <= 5_000, scripts
    assert sum(scripts.values()) <= 40_000


def test_the_weights_of_the_finale_are_small(site):
    assert (site / "en" / "js" / "date-model.js").stat().st_size <= 500_000
