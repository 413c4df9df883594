"""Attention, from a dictionary lookup to the whole Transformer.

Every public name is one import away, `from attnbook import softmax`, and is loaded when
it is first used: importing the package loads none of its floors.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attnbook.data.batches import bucketed_batches as bucketed_batches
    from attnbook.data.batches import pad_batch as pad_batch
    from attnbook.data.batches import shuffled_batches as shuffled_batches
    from attnbook.data.cameras import camera_batch as camera_batch
    from attnbook.data.cameras import camera_pixels as camera_pixels
    from attnbook.data.date_pairs import date_pairs as date_pairs
    from attnbook.data.dates import english_date as english_date
    from attnbook.data.dates import korean_date as korean_date
    from attnbook.data.names import name_pairs as name_pairs
    from attnbook.data.names import split_names as split_names
    from attnbook.data.names import split_names_by_base as split_names_by_base
    from attnbook.data.parallel import encode_pairs as encode_pairs
    from attnbook.data.parallel import read_parallel as read_parallel
    from attnbook.data.stream import BatchStream as BatchStream
    from attnbook.data.tasks import SequenceBatch as SequenceBatch
    from attnbook.data.tasks import copy_task as copy_task
    from attnbook.data.tasks import recall_task as recall_task
    from attnbook.data.tasks import reverse_task as reverse_task
    from attnbook.data.tokens import split_characters as split_characters
    from attnbook.data.tokens import split_words as split_words
    from attnbook.data.vocabulary import Vocabulary as Vocabulary
    from attnbook.decoding.beam import Found as Found
    from attnbook.decoding.beam import beam_search as beam_search
    from attnbook.decoding.greedy import greedy as greedy
    from attnbook.decoding.normalise import gnmt_penalty as gnmt_penalty
    from attnbook.decoding.normalise import length_power as length_power
    from attnbook.decoding.start import Start as Start
    from attnbook.decoding.start import start_recurrent as start_recurrent
    from attnbook.decoding.start import start_transformer as start_transformer
    from attnbook.decoding.translate import translate as translate
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
    from attnbook.functional.norm import layer_norm as layer_norm
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
    from attnbook.layers.cache import KeyValueCache as KeyValueCache
    from attnbook.layers.embedding import TokenEmbedding as TokenEmbedding
    from attnbook.layers.feed_forward import FeedForward as FeedForward
    from attnbook.layers.gated_feed_forward import GatedFeedForward as GatedFeedForward
    from attnbook.layers.grouped_queries import (
        GroupedQueryAttention as GroupedQueryAttention,
    )
    from attnbook.layers.heads import merge_heads as merge_heads
    from attnbook.layers.heads import split_heads as split_heads
    from attnbook.layers.multi_head import MultiHeadAttended as MultiHeadAttended
    from attnbook.layers.multi_head import MultiHeadAttention as MultiHeadAttention
    from attnbook.layers.positions import LearnedPositions as LearnedPositions
    from attnbook.layers.positions import SinusoidalPositions as SinusoidalPositions
    from attnbook.layers.projections import QueryKeyValue as QueryKeyValue
    from attnbook.layers.residual import LayerNorm as LayerNorm
    from attnbook.layers.residual import Residual as Residual
    from attnbook.layers.rms_norm import RMSNorm as RMSNorm
    from attnbook.layers.rotary import RotaryAttention as RotaryAttention
    from attnbook.layers.rotary import rotate_by_position as rotate_by_position
    from attnbook.layers.rotary_grouped import (
        RotaryGroupedAttention as RotaryGroupedAttention,
    )
    from attnbook.model.ablation import with_uniform_head as with_uniform_head
    from attnbook.model.ablation import without_head as without_head
    from attnbook.model.birds_eye import BirdsEye as BirdsEye
    from attnbook.model.config import BASE as BASE
    from attnbook.model.config import BIG as BIG
    from attnbook.model.config import TINY as TINY
    from attnbook.model.config import TransformerConfig as TransformerConfig
    from attnbook.model.decoder import Decoder as Decoder
    from attnbook.model.decoder import DecoderCache as DecoderCache
    from attnbook.model.decoder import DecoderLayer as DecoderLayer
    from attnbook.model.encoder import Encoder as Encoder
    from attnbook.model.encoder import EncoderLayer as EncoderLayer
    from attnbook.model.exchange import exchange_layers as exchange_layers
    from attnbook.model.loading import rename_weights as rename_weights
    from attnbook.model.packing import pack_weights as pack_weights
    from attnbook.model.packing import unpack_weights as unpack_weights
    from attnbook.model.recording import record_attention as record_attention
    from attnbook.model.recurrent_attention import (
        AdditiveAttentionSeq2Seq as AdditiveAttentionSeq2Seq,
    )
    from attnbook.model.recurrent_last_state import LastStateSeq2Seq as LastStateSeq2Seq
    from attnbook.model.stack_config import StackConfig as StackConfig
    from attnbook.model.torch_names import TORCH_NAMES as TORCH_NAMES
    from attnbook.model.transformer import Transformer as Transformer
    from attnbook.model.vision import ImageClassifier as ImageClassifier
    from attnbook.model.vision import cut_patches as cut_patches
    from attnbook.training.averaging import average_weights as average_weights
    from attnbook.training.averaging import snapshot as snapshot
    from attnbook.training.checkpoint import load_checkpoint as load_checkpoint
    from attnbook.training.checkpoint import save_checkpoint as save_checkpoint
    from attnbook.training.date_model import DateModel as DateModel
    from attnbook.training.date_model import train_date_model as train_date_model
    from attnbook.training.folder import list_checkpoints as list_checkpoints
    from attnbook.training.loop import train as train
    from attnbook.training.loss import Loss as Loss
    from attnbook.training.loss import label_smoothed_loss as label_smoothed_loss
    from attnbook.training.loss import sequence_loss as sequence_loss
    from attnbook.training.loss import smoothing_floor as smoothing_floor
    from attnbook.training.schedule import cosine_schedule as cosine_schedule
    from attnbook.training.schedule import linear_schedule as linear_schedule
    from attnbook.training.schedule import paper_schedule as paper_schedule
    from attnbook.training.weights import copy_weights as copy_weights
    from attnbook.training.weights import load_weights as load_weights
    from attnbook.training.weights import save_weights as save_weights

# A public name and the module that holds it, which is imported when the name is used.
_HOME = {
    "AdditiveAttentionSeq2Seq": "model.recurrent_attention",
    "AdditiveScores": "layers.additive",
    "Attended": "functional.attention",
    "BASE": "model.config",
    "BIG": "model.config",
    "BatchStream": "data.stream",
    "BirdsEye": "model.birds_eye",
    "DateModel": "training.date_model",
    "Decoder": "model.decoder",
    "DecoderCache": "model.decoder",
    "DecoderLayer": "model.decoder",
    "Encoder": "model.encoder",
    "EncoderLayer": "model.encoder",
    "FeedForward": "layers.feed_forward",
    "Found": "decoding.beam",
    "GatedFeedForward": "layers.gated_feed_forward",
    "GroupedQueryAttention": "layers.grouped_queries",
    "ImageClassifier": "model.vision",
    "KeyValueCache": "layers.cache",
    "LastStateSeq2Seq": "model.recurrent_last_state",
    "LayerNorm": "layers.residual",
    "LearnedPositions": "layers.positions",
    "Loss": "training.loss",
    "MultiHeadAttended": "layers.multi_head",
    "MultiHeadAttention": "layers.multi_head",
    "QueryKeyValue": "layers.projections",
    "RMSNorm": "layers.rms_norm",
    "Residual": "layers.residual",
    "RotaryAttention": "layers.rotary",
    "RotaryGroupedAttention": "layers.rotary_grouped",
    "SequenceBatch": "data.tasks",
    "SinusoidalPositions": "layers.positions",
    "StackConfig": "model.stack_config",
    "Start": "decoding.start",
    "TINY": "model.config",
    "TORCH_NAMES": "model.torch_names",
    "TokenEmbedding": "layers.embedding",
    "Transformer": "model.transformer",
    "TransformerConfig": "model.config",
    "Vocabulary": "data.vocabulary",
    "additive_scores": "functional.scores",
    "attend": "functional.attention",
    "average_weights": "training.averaging",
    "beam_search": "decoding.beam",
    "bilinear_scores": "functional.scores",
    "bucketed_batches": "data.batches",
    "camera_batch": "data.cameras",
    "camera_pixels": "data.cameras",
    "causal_mask": "functional.masks",
    "copy_task": "data.tasks",
    "copy_weights": "training.weights",
    "cosine_schedule": "training.schedule",
    "cut_patches": "model.vision",
    "date_pairs": "data.date_pairs",
    "dot_scores": "functional.scores",
    "encode_pairs": "data.parallel",
    "english_date": "data.dates",
    "exchange_layers": "model.exchange",
    "fused_attention": "functional.fused",
    "gnmt_penalty": "decoding.normalise",
    "greedy": "decoding.greedy",
    "hard_lookup": "functional.lookup",
    "korean_date": "data.dates",
    "label_smoothed_loss": "training.loss",
    "layer_norm": "functional.norm",
    "length_power": "decoding.normalise",
    "linear_schedule": "training.schedule",
    "list_checkpoints": "training.folder",
    "load_checkpoint": "training.checkpoint",
    "load_weights": "training.weights",
    "masked_softmax": "functional.softmax",
    "merge_heads": "layers.heads",
    "name_pairs": "data.names",
    "pack_weights": "model.packing",
    "pad_batch": "data.batches",
    "padding_mask": "functional.masks",
    "paper_schedule": "training.schedule",
    "read_parallel": "data.parallel",
    "recall_task": "data.tasks",
    "record_attention": "model.recording",
    "rename_weights": "model.loading",
    "reverse_task": "data.tasks",
    "rotate_by_position": "layers.rotary",
    "save_checkpoint": "training.checkpoint",
    "save_weights": "training.weights",
    "scaled_dot_product_attention": "functional.attention",
    "scaled_dot_scores": "functional.scores",
    "sensitivity": "functional.sensitivity",
    "sequence_loss": "training.loss",
    "shift_rotation": "functional.positions",
    "shuffled_batches": "data.batches",
    "sinusoidal_positions": "functional.positions",
    "smoothing_floor": "training.loss",
    "snapshot": "training.averaging",
    "soft_lookup": "functional.lookup",
    "softmax": "functional.softmax",
    "split_characters": "data.tokens",
    "split_heads": "layers.heads",
    "split_names": "data.names",
    "split_names_by_base": "data.names",
    "split_words": "data.tokens",
    "start_recurrent": "decoding.start",
    "start_transformer": "decoding.start",
    "train": "training.loop",
    "train_date_model": "training.date_model",
    "translate": "decoding.translate",
    "unpack_weights": "model.packing",
    "with_uniform_head": "model.ablation",
    "without_head": "model.ablation",
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
