"""Make the tiny ONNX models in this folder. Each has one property of models that people bring.

python tests/unit/inference_lambda/models/make.py        (in the environment of inference_lambda/training)
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

HERE = Path(__file__).parent
IDS, MASK, TYPES = "input_ids", "attention_mask", "token_type_ids"


def save(
    name: str,
    inputs: list[str],
    nodes: list[onnx.NodeProto],
    *,
    tokens: int | str = "tokens",
    labels: int = 2,
    output: str = "logits",
    constants: dict[str, tuple[int, list]] | None = None,
) -> None:
    initializers = [
        helper.make_tensor(key, kind, [len(values)], values) for key, (kind, values) in (constants or {}).items()
    ]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(each, TensorProto.INT64, ["batch", tokens]) for each in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", labels])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="")
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


def count(source: str, target: str) -> list[onnx.NodeProto]:
    """Return the sum of each row, as a float column."""
    return [
        helper.make_node("Cast", [source], [f"{target}_float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", [f"{target}_float", "axis"], [target], keepdims=1),
    ]


def concat(*columns: str, output: str = "logits") -> onnx.NodeProto:
    return helper.make_node("Concat", list(columns), [output], axis=1)


AXIS = {"axis": (TensorProto.INT64, [1])}
LENGTH = {**AXIS, "half": (TensorProto.FLOAT, [0.5])}

# The logits are (number of tokens that are not padding, half of that): the first label wins.
halve = helper.make_node("Mul", ["length", "half"], ["halved"])
save("plain", [IDS, MASK], [*count(MASK, "length"), halve, concat("length", "halved")], constants=LENGTH)
# As the tutorial exports it: always 12 tokens, another name for the output.
save(
    "fixed_length",
    [IDS, MASK],
    [*count(MASK, "length"), halve, concat("length", "halved", output="output")],
    tokens=12,
    output="output",
    constants=LENGTH,
)
save(
    "with_token_types",
    [IDS, MASK, TYPES],
    [*count(MASK, "length"), *count(TYPES, "types"), concat("types", "length")],
    constants=AXIS,
)
save(
    "three_labels",
    [IDS, MASK],
    [*count(MASK, "length"), concat("length", "length", "length")],
    labels=3,
    constants=AXIS,
)
zero = helper.make_node("Sub", ["length", "length"], ["zero"])
save(
    "not_finite",
    [IDS, MASK],
    [*count(MASK, "length"), zero, helper.make_node("Div", ["zero", "zero"], ["nan"]), concat("nan", "length")],
    constants=AXIS,
)
# Fails on a token outside its table, like a model with a smaller vocabulary than its tokenizer.
lookup = helper.make_node("Gather", ["table", IDS], ["values"])
row = helper.make_node("ReduceSum", ["values", "axis"], ["row"], keepdims=1)
save(
    "small_vocabulary",
    [IDS, MASK],
    [lookup, row, concat("row", "row")],
    constants={**AXIS, "table": (TensorProto.FLOAT, [1.0, 2.0, 3.0, 4.0])},
)
save("other_inputs", ["pixels", "mask"], [*count("pixels", "length"), concat("length", "length")], constants=AXIS)
