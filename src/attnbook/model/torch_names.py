"""What `torch.nn.Transformer` calls its weights, beside what they are called here."""

from attnbook.model.loading import NameMap


def _attention(theirs: str, ours: str) -> dict[str, str | tuple[str, ...]]:
    # Torch keeps the three projections in one tensor, one below the other.
    packed = [f"{ours}.{name}" for name in ("w_q", "w_k", "w_v")]
    return {
        f"{theirs}.in_proj_weight": tuple(f"{name}.weight" for name in packed),
        f"{theirs}.in_proj_bias": tuple(f"{name}.bias" for name in packed),
        f"{theirs}.out_proj": f"{ours}.w_o",
    }


def _sublayers(stack: str) -> dict[str, str | tuple[str, ...]]:
    layer, theirs = f"{stack}.layers.{{}}", ("norm1", "norm2", "norm3")
    ours = ["self_residual", "feed_forward_residual"]
    names = _attention(f"{layer}.self_attn", f"{layer}.self_attention")
    if stack == "decoder":
        ours.insert(1, "cross_residual")
        names |= _attention(f"{layer}.multihead_attn", f"{layer}.cross_attention")
    for norm, residual in zip(theirs, ours, strict=False):
        names[f"{layer}.{norm}"] = f"{layer}.{residual}.norm"
    for number in (1, 2):
        names[f"{layer}.linear{number}"] = f"{layer}.feed_forward.w_{number}"
    return names | {f"{stack}.norm": f"{stack}.norm"}


TORCH_NAMES: NameMap = _sublayers("encoder") | _sublayers("decoder")
"""The names of both stacks, for `rename_weights`.

`nn.Transformer` has biases in its attention and a norm after each stack, which the paper
has not. A model that is to take its weights is made with `attention_bias=True`, and with
`final_norm=True` unless torch's two norms are set to None.

Examples:
    >>> TORCH_NAMES["decoder.layers.{}.norm2"]
    'decoder.layers.{}.cross_residual.norm'
"""
