"""What `predmon send` reads from a file."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from predmon.errors import UserError
from predmon.sentences import read_sentences, require_sentences

FILES = Path(__file__).with_name("files")
"""Files after public reports, as programs write them."""


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


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("C02-semicolon.csv", ["The tap drips.", "The door, it squeaks."]),
        ("C02b-sep-line.csv", ["The tap drips."]),
        ("C02c-tab.csv", ["The tap drips."]),
        ("C02d-pipe.csv", ["The tap drips."]),
        ("C02e-semicolon-text.csv", ["The tap drips."]),
        ("C03-u2028.txt", ["The tap drips.\u2028It has for days.", "The door squeaks."]),
        ("C03b-nel.txt", ["The tap drips.\x85It has for days.", "The door squeaks."]),
        ("C03c-ff-vt.txt", ["Page one.\x0cPage two.\x0bStill two.", "The door squeaks."]),
        ("C03d-fs.txt", ["a\x1cb\x1dc\x1ed", "The door squeaks."]),
        ("C06b-utf16.txt", ["Le café est fermé."]),
    ],
)
def test_a_file_as_programs_write_it_is_read_rightly(name: str, sentences: list[str]) -> None:
    assert read_sentences(FILES / name) == sentences


def test_the_command_for_a_file_of_windows_works(tmp_path: Path) -> None:
    path = tmp_path / "mes phrases.csv"
    path.write_bytes((FILES / "C06-cp1252.csv").read_bytes())

    with pytest.raises(UserError, match="is not UTF-8 text") as refused:
        read_sentences(path)
    subprocess.run(str(refused.value).splitlines()[-1], shell=True, check=True)

    assert read_sentences(tmp_path / "mes phrases.utf8.csv") == ["Le café est fermé.", "Das Wasser läuft."]


def test_the_command_for_utf16_without_a_mark_works(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Le café.\n".encode("utf-16-le"))

    with pytest.raises(UserError, match="without a byte order mark") as refused:
        read_sentences(path)
    subprocess.run(str(refused.value).splitlines()[-1], shell=True, check=True)

    assert read_sentences(tmp_path / "a.utf8.txt") == ["Le café."]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04rest", "a workbook"),
        (b"\x1f\x8bzipped", "gunzip -k"),
        (b"PAR1\x15", "a Parquet file"),
        (b"a\x00\x00b", "no text"),
        (b"\xff\xfea", "Save it as UTF-8"),
        (b"\x81\x8d", "To see what it is: file "),
    ],
)
def test_what_is_no_text_is_refused_with_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with pytest.raises(UserError) as refused:
        read_sentences(path)

    assert said in str(refused.value)


@pytest.mark.parametrize("suffix", ["xml", "html", "json", "yaml"])
def test_markup_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(UserError, match="are not read"):
        read_sentences(write(tmp_path, f"a.{suffix}", "[1]\n"))


def test_a_column_that_is_named_makes_any_text_a_table(tmp_path: Path) -> None:
    assert read_sentences(write(tmp_path, "a.txt", "id;review\n1;Lovely.\n"), column="Review") == ["Lovely."]


def test_a_separator_is_found_without_a_known_column(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "id;name, first\n1;Lovely.\n")

    with pytest.raises(UserError, match=r"columns are: id, name, first\. Name one: --column 'name, first'"):
        read_sentences(path)


def test_a_row_with_more_fields_than_the_header_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "sentence\nThe tap drips.\nThe door, it squeaks.\n")

    with pytest.raises(UserError, match=r"line 3: the row has 2 fields.*a comma in double quotes"):
        read_sentences(path)


def test_empty_fields_at_the_end_of_a_row_are_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "\ufeffsentence,kind\nOne.,,,\n,,,\nTwo.\n")

    assert read_sentences(path) == ["One.", "Two."]


def test_a_quote_that_does_not_end_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'id,sentence\n1,"The tap drips.\n2,The door.\n')

    with pytest.raises(UserError, match="not a valid CSV file"):
        read_sentences(path)


def test_json_lines_hold_objects_or_texts(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl", '{"id": 1, "Text": "One.\u2028Two."}\r\n\n"Three."\n{"text": ""}\n')

    assert read_sentences(path) == ["One.\u2028Two.", "Three."]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{'text': 'One.'}", "line 2: not JSON"),
        ('{"review": "One."}', "line 2: no key `sentence` or `text`. The keys are: review"),
        ('{"text": null}', "line 2: the sentence is not a text but null"),
        ("[1]", "line 2: the sentence is not a text"),
    ],
)
def test_a_json_line_without_a_sentence_is_refused_with_its_number(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        read_sentences(write(tmp_path, "a.ndjson", f'{{"text": "One."}}\n{line}\n'))

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("piped", "sentences"),
    [
        ("One.\nTwo, too.\n", ["One.", "Two, too."]),
        ("id;sentence\n1;One.\n", ["One."]),
        ('{"text": "One."}\n', ["One."]),
    ],
)
def test_standard_input_may_be_text_a_table_or_json_lines(
    monkeypatch: pytest.MonkeyPatch, piped: str, sentences: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped.encode())))

    assert read_sentences(Path("-")) == sentences


def test_a_path_with_a_space_is_quoted_so_that_it_can_be_copied(tmp_path: Path) -> None:
    file = tmp_path / "my sentences.csv"
    file.write_text("", encoding="utf-8")

    with pytest.raises(UserError, match=re.escape(f"'{file}' holds no sentences.")):
        require_sentences(file, None)
