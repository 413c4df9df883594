"""Two files side by side: every line with its own partner, or none at all."""

import pytest

from attnbook import Vocabulary, encode_pairs, read_parallel

SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


@pytest.fixture
def files(tmp_path):
    def write(source, target):
        paths = tmp_path / "dates.en", tmp_path / "dates.ko"
        for path, content in zip(paths, (source, target), strict=True):
            path.write_bytes(content.encode())
        return paths

    return write


def test_lines_are_paired_in_order(files):
    pairs = read_parallel(*files("one\ntwo \n three\n", "하나\n둘\n셋"))
    assert pairs == [("one", "하나"), ("two", "둘"), ("three", "셋")]
    assert pairs[2].source == "three"
    assert pairs[2].target == "셋"


def test_only_a_newline_ends_a_line(files):
    strange = "a\u2028b\x0bc\x85d\x1ce\rf"
    assert read_parallel(*files(f"{strange}\ng\n", "1\n2\n"))[0] == (strange, "1")


def test_windows_files_are_read_alike(files):
    assert read_parallel(*files("\ufeffa\r\nb\r\n", "1\n2")) == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("a\nb\nc\nd\n", "1\n2\n", r"line 3 of .*dates\.en has no .*\.ko has 2 lines"),
        ("a\n", "1\n2\n3\n", r"line 2 of .*dates\.ko has no .*dates\.en has 1 lines"),
        ("", "1\n", r"line 1 of .*dates\.ko has no .*dates\.en has 0 lines"),
    ],
)
def test_the_first_line_without_a_partner_is_named(files, source, target, message):
    with pytest.raises(ValueError, match=message):
        read_parallel(*files(source, target))


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("a\n\nc\n", "1\n2\n3\n", r"line 2 of .*dates\.en is empty"),
        ("a\nb\nc\n", "1\n2\n \t\n", r"line 3 of .*dates\.ko is empty"),
    ],
)
def test_an_empty_line_is_named(files, source, target, message):
    with pytest.raises(ValueError, match=message):
        read_parallel(*files(source, target))


def test_no_lines_are_no_pairs(files):
    assert read_parallel(*files("", "")) == []


def test_each_side_is_cut_and_numbered_in_its_own_way():
    src_vocabulary = Vocabulary((*SPECIALS, "one", "two"))
    tgt_vocabulary = Vocabulary(("둘", "<eos>", "하", "<pad>", "나", "<bos>", "<unk>"))
    pairs = [("two one", "하나"), ("one three", "셋")]
    ids = encode_pairs(pairs, str.split, list, src_vocabulary, tgt_vocabulary)
    assert ids == [([5, 4], [5, 2, 4, 1]), ([4, 3], [5, 6, 1])]
