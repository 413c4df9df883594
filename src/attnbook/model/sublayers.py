"""The parts that both sides of a model have in common, made as a config says."""

from torch import nn

from attnbook.layers.embedding import TokenEmbedding
from attnbook.layers.feed_forward import FeedForward
from attnbook.layers.multi_head import MultiHeadAttention
from attnbook.layers.positions import POSITIONS
from attnbook.layers.residual import LayerNorm, Residual
from attnbook.model.config import TransformerConfig
from attnbook.model.stack_config import StackConfig


def attention(config: StackConfig) -> MultiHeadAttention:
    """Make an attention sub-layer, for self- or cross-attention."""
    return MultiHeadAttention(
        config.d_model,
        config.num_heads,
        config.d_k,
        config.d_v,
        bias=config.attention_bias,
        dropout=config.attention_dropout,
    )


def feed_forward(config: StackConfig) -> FeedForward:
    """Make a feed-forward sub-layer."""
    return FeedForward(
        config.d_model,
        config.d_ff,
        config.feed_forward_dropout,
        config.activation,
        config.bias,
    )


def residual(config: StackConfig) -> Residual:
    """Make what goes around one sub-layer."""
    return Residual(
        config.d_model,
        config.dropout,
        config.norm_first,
        config.norm_eps,
        config.bias,
    )


def final_norm(config: StackConfig) -> nn.Module:
    """Make what stands after the last layer: a norm, or nothing."""
    return norm(config) if config.ends_with_norm else nn.Identity()


def norm(config: StackConfig) -> LayerNorm:
    """Make a layer norm."""
    return LayerNorm(config.d_model, config.norm_eps, config.bias)


def embedding(config: TransformerConfig) -> TokenEmbedding:
    """Make the embedding of one side, with a matrix of its own."""
    positions = None
    if config.positions != "none":
        positions = POSITIONS[config.positions](config.max_len, config.d_model)
    return TokenEmbedding(
        config.vocab_size,
        config.d_model,
        positions,
        pad_id=config.pad_id,
        dropout=config.dropout,
        scale=config.scale_embeddings,
        norm=norm(config) if config.embedding_norm else None,
    )
