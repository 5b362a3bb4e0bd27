"""Move a checkpoint's decision threshold to the value that works best on the sentences that training kept aside.

    python -m inference_lambda.training.calibrate DATA_FOLDER CHECKPOINT_FOLDER --out CHECKPOINT_FOLDER

CoLA has two acceptable sentences for each unacceptable one, so a model trained on it prefers `acceptable`. The
threshold goes into the classifier's bias, so that the exported model needs no further rule.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from inference_lambda.training.cola import hold_out, matthews, read_examples

SHIFTS = np.arange(-2.0, 2.01, 0.1)
SMOOTHING = 5
"""Number of neighbouring shifts whose results are averaged, because single results are noisy."""


def best_shift(margins: np.ndarray, truth: list[int]) -> float:
    """Return the shift of the decision threshold with the best smoothed Matthews correlation."""
    figures = [matthews(truth, (margins > shift).astype(int).tolist()) for shift in SHIFTS]
    smoothed = np.convolve(figures, np.ones(SMOOTHING) / SMOOTHING, mode="valid")
    return round(float(SHIFTS[int(smoothed.argmax()) + SMOOTHING // 2]), 1)


@torch.no_grad()
def calibrate(data: Path, checkpoint: Path, out: Path, share: float) -> None:
    """Write the checkpoint with its bias moved."""
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint).eval()
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    _, held_out = hold_out(read_examples(data / "in_domain_train.tsv"), share)
    logits = [model(**tokenizer(each.sentence, truncation=True, return_tensors="pt")).logits[0] for each in held_out]
    margins = torch.stack(logits).diff()[:, 0].numpy()
    truth = [each.acceptable for each in held_out]
    shift = best_shift(margins, truth)
    model.classifier.bias += torch.tensor([shift / 2, -shift / 2])
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    before, after = (matthews(truth, (margins > limit).astype(int).tolist()) for limit in (0.0, shift))
    print(json.dumps({"shift": shift, "held_out_mcc": {"before": round(before, 4), "after": round(after, 4)}}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Move the decision threshold of a checkpoint.")
    parser.add_argument("data", type=Path, help="CoLA's folder")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder for the moved checkpoint")
    parser.add_argument("--hold-out", type=float, default=0.1, help="the share that the training kept aside")
    options = parser.parse_args()
    calibrate(options.data, options.checkpoint, options.out, options.hold_out)
