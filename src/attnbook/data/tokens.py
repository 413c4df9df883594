"""Text and tokens: two ways to cut a text into pieces."""

import re

# A digit stands alone, letters stand together, and any other sign stands alone.
_WORD = re.compile(r"\d|[^\W\d]+|[^\w\s]")


def split_words(text: str) -> list[str]:
    """Cut a text into words, with every digit and every sign on its own.

    A number has more values than a vocabulary has room for, but only ten digits.

    Args:
        text: any text.

    Returns:
        The tokens; together they are the text without its white space.

    Examples:
        >>> split_words("Sunday, 22nd")
        ['Sunday', ',', '2', '2', 'nd']
    """
    return _WORD.findall(text)


def split_characters(text: str) -> list[str]:
    """Cut a text into its characters, spaces included; `"".join` undoes it.

    Args:
        text: any text.

    Returns:
        The characters.

    Examples:
        >>> split_characters("22일 일")
        ['2', '2', '일', ' ', '일']
    """
    return list(text)
