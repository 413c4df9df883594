"""From text to text: what stands between a reader and a model's ids."""

from collections.abc import Callable, Iterable

from attnbook.data.batches import pad_batch
from attnbook.data.tokens import split_words
from attnbook.data.vocabulary import Vocabulary
from attnbook.decoding.greedy import greedy
from attnbook.decoding.start import start_transformer
from attnbook.model.transformer import Transformer


def translate(
    model: Transformer,
    vocabulary: Vocabulary,
    texts: Iterable[str],
    *,
    max_len: int = 24,
    split: Callable[[str], list[str]] = split_words,
    join: Callable[[list[str]], str] = "".join,
) -> list[str]:
    """Translate texts, all of them side by side, writing the likeliest token each time.

    Args:
        model: the model, in evaluation mode.
        vocabulary: the tokens of source and target.
        texts: what to translate.
        max_len: how many tokens to write at most.
        split: cuts a source into tokens.
        join: puts the tokens of a target together.

    Returns:
        A text for each of `texts`.

    Raises:
        ValueError: there is no text, or one without a token, or `max_len` is below 1.

    Examples:
        >>> from attnbook import TINY, Transformer, TransformerConfig
        >>> vocabulary = Vocabulary.build([["one", "two"], ["하나", "둘"]])
        >>> model = Transformer(TransformerConfig(len(vocabulary), **TINY)).eval()
        >>> answers = translate(model, vocabulary, ["one", "two one"], max_len=3)
        >>> [isinstance(answer, str) for answer in answers]
        [True, True]
    """
    # A target is part of a pair, but only the source of it is read here.
    pairs = [(vocabulary.encode(split(text)), [vocabulary.bos_id]) for text in texts]
    batch = pad_batch(pairs, src_pad_id=vocabulary.pad_id)
    written = greedy(start_transformer(model, batch.src_ids), max_len)
    return [join(vocabulary.decode(ids)) for ids in written.tolist()]
