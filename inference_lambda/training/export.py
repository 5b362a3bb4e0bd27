"""Turn a checkpoint of `train` into the model folder that the function uses: fused ONNX, int8 weights.

    python -m inference_lambda.training.export CHECKPOINT_FOLDER --out MODEL_FOLDER [--precision float32]

Weights are quantised per output channel, activations at run time. That costs a little accuracy. `evaluate` measures it
on the file itself.
"""

import argparse
import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification

from inference_lambda.training.train import LABELS

MAX_TOKENS = 128
INPUTS = ["input_ids", "attention_mask"]


class Logits(torch.nn.Module):
    """The classifier with only the inputs and the output that the function uses."""

    def __init__(self, classifier: torch.nn.Module) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:  # noqa: D102 - torch's own
        return self.classifier(input_ids=input_ids, attention_mask=attention_mask).logits


def export(checkpoint: Path, folder: Path, precision: str) -> None:
    """Write model.onnx, tokenizer.json and labels.json into `folder`."""
    classifier = AutoModelForSequenceClassification.from_pretrained(checkpoint, attn_implementation="eager").eval()
    tokens = torch.ones(2, 16, dtype=torch.long)
    fusion = FusionOptions("bert")
    # The fused form would also quantise the normalisation of the embeddings, which saves nothing.
    fusion.enable_embed_layer_norm = False
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain, fused = f"{scratch}/plain.onnx", f"{scratch}/fused.onnx"
        torch.onnx.export(
            Logits(classifier),
            (tokens, tokens),
            plain,
            input_names=INPUTS,
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in INPUTS} | {"logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        config = classifier.config
        optimized = optimize_model(
            plain,
            model_type="bert",
            num_heads=config.num_attention_heads,
            hidden_size=config.hidden_size,
            opt_level=0,
            optimization_options=fusion,
        )
        optimized.save_model_to_file(fused)
        if precision == "int8":
            quantize_dynamic(
                fused,
                f"{scratch}/int8.onnx",
                per_channel=True,
                # Processors without VNNI add pairs of products in 16 bits, which 8-bit weights overflow.
                reduce_range=True,
                weight_type=QuantType.QInt8,
                # Shape inference does not know the fused operators' outputs.
                extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
            )
            fused = f"{scratch}/int8.onnx"
        model = onnx.load(fused)
        del model.metadata_props[:]
        model.doc_string = ""
        onnx.save(model, folder / "model.onnx")
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "labels.json").write_text(json.dumps(LABELS) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Export a checkpoint to a model folder.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="the model folder")
    parser.add_argument("--precision", choices=["int8", "float32"], default="int8")
    options = parser.parse_args()
    export(options.checkpoint, options.out, options.precision)
