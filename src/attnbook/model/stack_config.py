"""What a stack of layers is made of, be it an encoder or a decoder."""

from collections.abc import Iterable
from dataclasses import dataclass

from attnbook.layers.feed_forward import ACTIVATIONS


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """Every number and switch of a stack, with the base model's as defaults.

    Attributes:
        d_model: width of every position.
        num_heads: heads of each attention.
        num_layers: layers of each stack.
        d_ff: inner width of the feed-forward networks.
        d_k: width of each head's queries and keys; `d_model / num_heads` if None.
        d_v: width of each head's values; `d_model / num_heads` if None.
        dropout: share dropped of each sub-layer's output, and of the embeddings.
        attention_dropout: share dropped of the attention weights.
        feed_forward_dropout: share dropped inside the feed-forward networks.
        activation: "relu", "gelu" or "gelu_tanh".
        norm_first: whether a norm stands before each sub-layer, not after it.
        final_norm: whether a stack ends with one more norm; as `norm_first` if None.
        norm_eps: the norms' epsilon.
        bias: whether feed-forward networks and norms have biases.
        attention_bias: whether the projections of attention have them.

    Raises:
        ValueError: a value makes no sense; the message names it.

    Source:
        Vaswani et al. 2017, table 3, row "base". The paper says nothing of `norm_eps`;
        torch's is taken. `nn.Transformer` is `attention_bias=True, final_norm=True`.
    """

    d_model: int = 512
    num_heads: int = 8
    num_layers: int = 6
    d_ff: int = 2048
    d_k: int | None = None
    d_v: int | None = None
    dropout: float = 0.1
    attention_dropout: float = 0.0
    feed_forward_dropout: float = 0.0
    activation: str = "relu"
    norm_first: bool = False
    final_norm: bool | None = None
    norm_eps: float = 1e-5
    bias: bool = True
    attention_bias: bool = False

    def __post_init__(self) -> None:
        self._at_least_one("d_model", "num_heads", "num_layers", "d_ff", "d_k", "d_v")
        if None in (self.d_k, self.d_v) and self.d_model % self.num_heads:
            raise ValueError(
                f"d_model must be divisible by num_heads, "
                f"got {self.d_model} and {self.num_heads}"
            )
        for name in ("dropout", "attention_dropout", "feed_forward_dropout"):
            if not 0 <= (share := getattr(self, name)) < 1:
                raise ValueError(f"{name} must be from 0 to below 1, got {share}")
        self._one_of("activation", ACTIVATIONS)
        if not self.norm_eps > 0:
            raise ValueError(f"norm_eps must be above 0, got {self.norm_eps}")

    @property
    def ends_with_norm(self) -> bool:
        """Whether a stack has a norm after its last layer."""
        return self.norm_first if self.final_norm is None else self.final_norm

    def _at_least_one(self, *names: str) -> None:
        for name in names:
            size = getattr(self, name)
            if size is not None and size < 1:
                raise ValueError(f"{name} must be at least 1, got {size}")

    def _one_of(self, name: str, known: Iterable[str]) -> None:
        value, known = getattr(self, name), list(known)
        if value not in known:
            raise ValueError(f"{name} must be one of {known}, got {value!r}")
