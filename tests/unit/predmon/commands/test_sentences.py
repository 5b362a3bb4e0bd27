"""What `predmon send` reads from a file."""

from pathlib import Path

import pytest

from predmon.commands.sentences import read_sentences
from predmon.errors import UserError


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def test_a_text_file_holds_a_sentence_a_line(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "One.\n\n  \nTwo, “quoted”.\r\nThree 🙂")

    assert read_sentences(path) == ["One.", "Two, “quoted”.", "Three 🙂"]


def test_a_csv_is_read_by_its_header(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'id,Sentence\n1,"Two\r\nlines, one ""sentence""."\n2,\n3, kept as it is \n')

    assert read_sentences(path) == ['Two\r\nlines, one "sentence".', " kept as it is "]


def test_a_csv_of_one_column_without_a_known_header_is_all_data(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'One.\n"Two, too."\n')

    assert read_sentences(path) == ["One.", "Two, too."]


def test_of_several_columns_none_is_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "id,review\n1,Lovely.\n2,Awful.\n")

    with pytest.raises(UserError, match=r"columns are: id, review\. Name one: --column review"):
        read_sentences(path)


def test_a_column_that_is_named_is_the_one_that_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tsv", "id\tReview\ttext\n1\tLovely.\tx\n2\t\tx\n")

    assert read_sentences(path, column="review") == ["Lovely."]
    with pytest.raises(UserError, match=r"no column `reviews`\. Its columns are: id, Review, text"):
        read_sentences(path, column="reviews")


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert read_sentences(write(tmp_path, "a.csv", "")) == []


def test_what_is_not_utf8_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"caf\xe9")

    with pytest.raises(UserError, match="iconv"):
        read_sentences(path)
