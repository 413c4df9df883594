"""The plotting wing: small drawings for pages and notebooks, without a plotting library."""

from attnbook.plot.bars import bars
from attnbook.plot.heatmap import heatmap
from attnbook.plot.svg import Svg

__all__ = ["Svg", "bars", "heatmap"]
