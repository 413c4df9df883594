"""What a Transformer is made of: every number and switch, with the paper's as defaults."""

from dataclasses import KW_ONLY, dataclass
from typing import TypedDict

from attnbook.layers.positions import POSITIONS
from attnbook.model.stack_config import StackConfig


class Sizes(TypedDict):
    """The numbers in which the paper's models differ."""

    d_model: int
    num_heads: int
    num_layers: int
    d_ff: int
    dropout: float


TINY: Sizes = {
    "d_model": 64,
    "num_heads": 4,
    "num_layers": 2,
    "d_ff": 256,
    "dropout": 0.0,
}
"""A model that a laptop trains in seconds: `TransformerConfig(70, **TINY)`."""

BASE: Sizes = {
    "d_model": 512,
    "num_heads": 8,
    "num_layers": 6,
    "d_ff": 2048,
    "dropout": 0.1,
}
"""The base model of Vaswani et al. 2017, table 3: `TransformerConfig(37_000, **BASE)`."""

BIG: Sizes = {
    "d_model": 1024,
    "num_heads": 16,
    "num_layers": 6,
    "d_ff": 4096,
    "dropout": 0.3,
}
"""The big model of the same table."""


@dataclass(frozen=True)
class TransformerConfig(StackConfig):
    """Every number and switch of a Transformer: its two stacks, and what is around them.

    All but `vocab_size` are given by name.

    Attributes:
        vocab_size: how many different ids there are, in source and target together.
        max_len: the longest sequence that has positions.
        pad_id: the id that fills up short sequences, sources and targets alike.
        bos_id: the id that every target begins with. Some models use `pad_id` for it.
        eos_id: the id that ends one.
        positions: "sinusoidal", "learned", or "none".
        scale_embeddings: whether embeddings are multiplied by the root of `d_model`.
        embedding_norm: whether a layer norm follows them.
        tie: which of the three matrices of size `vocab_size` times `d_model` are one:
            "all"; "output", the target's embedding and the last layer; or "none".
        output_bias: whether the last layer has a bias.

    Raises:
        ValueError: a value makes no sense; the message names it.

    Examples:
        >>> TransformerConfig(37_000).d_model, TransformerConfig(37_000, **BIG).d_model
        (512, 1024)
        >>> TransformerConfig(37_000, num_heads=7)
        Traceback (most recent call last):
        ValueError: d_model must be divisible by num_heads, got 512 and 7

    Source:
        Vaswani et al. 2017, section 3 and table 3. The paper does not number its ids.
    """

    vocab_size: int
    _: KW_ONLY
    max_len: int = 1024
    pad_id: int = 0
    bos_id: int = 1
    eos_id: int = 2
    positions: str = "sinusoidal"
    scale_embeddings: bool = True
    embedding_norm: bool = False
    tie: str = "all"
    output_bias: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._at_least_one("vocab_size", "max_len")
        self._one_of("positions", [*POSITIONS, "none"])
        self._one_of("tie", ["all", "output", "none"])
        if self.positions == "sinusoidal" and self.d_model % 2:
            raise ValueError(
                f"d_model must be even for sinusoidal positions, got {self.d_model}"
            )
        for name in ("pad_id", "bos_id", "eos_id"):
            if not 0 <= (number := getattr(self, name)) < self.vocab_size:
                raise ValueError(
                    f"{name} must be from 0 to {self.vocab_size - 1}, got {number}"
                )
        if self.eos_id == self.pad_id:
            raise ValueError(
                f"eos_id must differ from pad_id, got {self.eos_id} and {self.pad_id}"
            )
