"""The packaged model on text that is really different: does the rule find it, and does it leave the same text alone?

    python -m benchmarks.drift.texts

Runs in the project's own environment. The model predicts each kind of text once. References of 2,000 and windows of 500
are then drawn from these predictions.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from inference_lambda.model import Model
from monitors.drift.judgement.judging import Look, judge_looks
from monitors.drift.judgement.verdict import Rule
from predmon.commands.drift.simulation import Prediction, bin_edges_of, counted
from predmon.paths import ROOT
from predmon.sentences import read_sentences

MODEL = ROOT / "inference_lambda" / "model"
SENTENCES = ROOT / "predmon" / "local" / "sentences.csv"
REFERENCE, WINDOW = 2000, 500
WHO = ["Der Hund", "Meine Schwester", "Das alte Haus", "Ein Zug", "Die Nachbarin", "Unser Lehrer", "Mein Freund"]
DOES = ["wartet seit gestern", "singt leise", "steht ganz allein", "kommt morgen zurück", "lacht über alles"]
WHERE = ["vor dem Bahnhof.", "im Garten.", "an der Ecke.", "in einer kleinen Stadt.", "auf dem Dach.", "am Fluss."]


def shuffled(sentence: str, generator: random.Random) -> str:
    """Put the words in any order."""
    words = sentence.split()
    return " ".join(generator.sample(words, len(words)))


def cut(sentence: str, _: random.Random) -> str:
    """Keep the first half, as a log that truncates does."""
    return sentence[: max(1, len(sentence) // 2)]


def in_chat(sentence: str, _: random.Random) -> str:
    """Write it as somebody in a hurry types."""
    plain = sentence.lower().translate(str.maketrans("", "", ".,;:!?'\"’“”")).replace("you", "u")
    return f"{plain} lol idk tbh"


def in_german(_: str, generator: random.Random) -> str:
    """Write a German sentence instead."""
    return f"{generator.choice(WHO)} {generator.choice(DOES)} {generator.choice(WHERE)}"


def repeated(sentence: str, _: random.Random) -> str:
    """Say it three times, as a form that repeats its input does."""
    return " ".join([sentence] * 3)


SAME = "the same text"
"""It gets ten times as many windows, since its rate is the smallest."""
KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "another register (chat)": in_chat,
    "another language (German)": in_german,
    "words shuffled": shuffled,
    "cut in half": cut,
    "repeated three times": repeated,
}


def predict(folder: Path, sentences: Sequence[str]) -> list[Prediction]:
    """Return what the model in the folder says of each sentence."""
    model = Model(folder, name=folder.name)
    answers = [(text, model.classify(text)) for text in sentences]
    return [Prediction(answer.label, answer.score, len(text)) for text, answer in answers]


def broken_copy(scratch: Path, *, labels: bool) -> Path:
    """Return a copy of the model with its labels swapped, or with the words of its vocabulary mixed up."""
    folder = scratch / ("labels" if labels else "vocabulary")
    folder.mkdir()
    for file in MODEL.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    if labels:
        names = json.loads((folder / "labels.json").read_text())
        (folder / "labels.json").write_text(json.dumps(names[::-1]))
        return folder
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    vocabulary = tokenizer["model"]["vocab"]
    words = [word for word in vocabulary if not word.startswith("[")]
    ids = [vocabulary[word] for word in words]
    random.Random(1).shuffle(ids)
    vocabulary |= dict(zip(words, ids, strict=True))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder


def found(normal: Sequence[Prediction], other: Sequence[Prediction], repetitions: int) -> tuple[float, float]:
    """Return the shares of the windows that are a warning or worse, and drift."""
    warnings = drifts = 0
    for repetition in range(repetitions):
        generator = random.Random(repetition)
        reference = generator.choices(normal, k=REFERENCE)
        window = generator.choices(other, k=WINDOW)
        edges = bin_edges_of(reference)
        labels = tuple(dict.fromkeys(each.label for each in reference))
        look = Look(counted(reference, labels, edges), counted(window, labels, edges))
        severity = max(each.verdict.severity for each in judge_looks([look], Rule(), described=False))
        warnings, drifts = warnings + (severity >= 1), drifts + (severity == 2)
    return warnings / repetitions, drifts / repetitions


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    arguments = parser.parse_args()
    sentences = read_sentences(SENTENCES)
    normal = predict(MODEL, sentences)
    print(f"| text, {WINDOW} predictions against {REFERENCE:,} | warning or worse | drift |")
    print("| --- | --: | --: |")
    others = {SAME: normal}
    for name, change in KINDS.items():
        generator = random.Random(1)
        others[name] = predict(MODEL, [change(sentence, generator) for sentence in sentences])
    with tempfile.TemporaryDirectory() as scratch:
        others["labels swapped"] = predict(broken_copy(Path(scratch), labels=True), sentences)
        others["wrong vocabulary"] = predict(broken_copy(Path(scratch), labels=False), sentences)
    for name, other in others.items():
        warning, drift = found(normal, other, arguments.repetitions * (10 if name == SAME else 1))
        print(f"| {name} | {100 * warning:.1f} % | {100 * drift:.1f} % |", flush=True)


if __name__ == "__main__":
    main()
