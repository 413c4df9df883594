"""Attention, from a dictionary lookup to the whole Transformer.

Every public name is one import away, `from attnbook import softmax`, and is loaded when
it is first used: importing the package loads none of its floors.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attnbook.data.tasks import SequenceBatch as SequenceBatch
    from attnbook.data.tasks import copy_task as copy_task
    from attnbook.data.tasks import recall_task as recall_task
    from attnbook.data.tasks import reverse_task as reverse_task
    from attnbook.functional.attention import Attended as Attended
    from attnbook.functional.attention import attend as attend
    from attnbook.functional.attention import (
        scaled_dot_product_attention as scaled_dot_product_attention,
    )
    from attnbook.functional.fused import fused_attention as fused_attention
    from attnbook.functional.lookup import hard_lookup as hard_lookup
    from attnbook.functional.lookup import soft_lookup as soft_lookup
    from attnbook.functional.masks import causal_mask as causal_mask
    from attnbook.functional.masks import padding_mask as padding_mask
    from attnbook.functional.positions import shift_rotation as shift_rotation
    from attnbook.functional.positions import (
        sinusoidal_positions as sinusoidal_positions,
    )
    from attnbook.functional.scores import additive_scores as additive_scores
    from attnbook.functional.scores import bilinear_scores as bilinear_scores
    from attnbook.functional.scores import dot_scores as dot_scores
    from attnbook.functional.scores import scaled_dot_scores as scaled_dot_scores
    from attnbook.functional.sensitivity import sensitivity as sensitivity
    from attnbook.functional.softmax import masked_softmax as masked_softmax
    from attnbook.functional.softmax import softmax as softmax
    from attnbook.layers.additive import AdditiveScores as AdditiveScores
    from attnbook.layers.projections import QueryKeyValue as QueryKeyValue
    from attnbook.model.recurrent_attention import (
        AdditiveAttentionSeq2Seq as AdditiveAttentionSeq2Seq,
    )
    from attnbook.model.recurrent_last_state import LastStateSeq2Seq as LastStateSeq2Seq
    from attnbook.training.fit import fit as fit

# A public name and the module that holds it, which is imported when the name is used.
_HOME = {
    "AdditiveAttentionSeq2Seq": "model.recurrent_attention",
    "AdditiveScores": "layers.additive",
    "Attended": "functional.attention",
    "LastStateSeq2Seq": "model.recurrent_last_state",
    "QueryKeyValue": "layers.projections",
    "SequenceBatch": "data.tasks",
    "additive_scores": "functional.scores",
    "attend": "functional.attention",
    "bilinear_scores": "functional.scores",
    "causal_mask": "functional.masks",
    "copy_task": "data.tasks",
    "dot_scores": "functional.scores",
    "fit": "training.fit",
    "fused_attention": "functional.fused",
    "hard_lookup": "functional.lookup",
    "masked_softmax": "functional.softmax",
    "padding_mask": "functional.masks",
    "recall_task": "data.tasks",
    "reverse_task": "data.tasks",
    "scaled_dot_product_attention": "functional.attention",
    "scaled_dot_scores": "functional.scores",
    "sensitivity": "functional.sensitivity",
    "shift_rotation": "functional.positions",
    "sinusoidal_positions": "functional.positions",
    "soft_lookup": "functional.lookup",
    "softmax": "functional.softmax",
}

__all__ = list(_HOME)

# Hidden from type checkers, for whom it would make every misspelt name a valid one.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOME]
