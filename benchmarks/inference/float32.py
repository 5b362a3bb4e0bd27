"""Turn a dynamically quantised BERT back into float32: the same graph and weights, without the integer operators.

    python -m benchmarks.inference.float32 INT8_MODEL FLOAT32_MODEL

The packaged model is committed only as int8. This makes its float32 form, to compare with.
"""

import sys
from collections.abc import Iterable

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper


class Weights:
    """Return the initializers of a quantised graph, as float32."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        self.used: dict[str, np.ndarray] = {}

    def restore(self, quantized: str) -> str:
        """Return the name of the float32 weight behind `<name>_quantized`."""
        name = quantized.removesuffix("_quantized")
        values, scale, zero = (self._arrays[f"{name}_{part}"] for part in ("quantized", "scale", "zero_point"))
        self.used[name] = (values.astype(np.float32) - zero.astype(np.float32)) * scale
        return name

    def keep(self, names: Iterable[str]) -> None:
        """Copy the weights that were float32 or integer from the start."""
        self.used |= {name: self._arrays[name] for name in names if name in self._arrays and name not in self.used}


def restored(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the float32 model. This knows only the operators that quantising a fused BERT leaves."""
    weights = Weights(model.graph)
    sources: dict[str, str] = {}
    """A value that only the integer arithmetic needs, and the float32 value that stands behind it."""
    nodes: list[NodeProto] = []
    products: dict[str, NodeProto] = {}
    lookups: dict[str, list[str]] = {}
    for node in model.graph.node:
        if node.op_type == "DynamicQuantizeLinear":
            sources |= dict.fromkeys(node.output, node.input[0])
        elif node.op_type == "MatMulInteger":
            inputs = [sources[node.input[0]], weights.restore(node.input[1])]
            products[node.output[0]] = helper.make_node("MatMul", inputs, [])
        elif node.op_type == "Cast" and node.input[0] in products:
            products[node.output[0]] = products.pop(node.input[0])
        elif node.op_type == "Mul" and node.input[0] in products:
            product = products.pop(node.input[0])
            product.output.append(node.output[0])
            nodes.append(product)
        elif node.op_type == "Mul" and node.input[0] in sources:
            pass  # the product of two scales
        elif node.op_type == "QAttention":
            data, weight, bias, _scale, _weight_scale, mask = node.input[:6]
            inputs = [sources[data], weights.restore(weight), bias, mask]
            attention = helper.make_node("Attention", inputs, list(node.output), domain="com.microsoft")
            attention.attribute.extend(node.attribute)
            nodes.append(attention)
        elif node.op_type == "Gather" and node.input[0].endswith("_quantized"):
            lookups[node.output[0]] = [weights.restore(node.input[0]), node.input[1]]
        elif node.op_type == "DequantizeLinear":
            nodes.append(helper.make_node("Gather", lookups.pop(node.input[0]), list(node.output)))
        else:
            nodes.append(node)
    weights.keep(name for node in nodes for name in node.input)
    constants = [numpy_helper.from_array(values, name) for name, values in weights.used.items()]
    graph = helper.make_graph(nodes, "float32", model.graph.input, model.graph.output, constants)
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


if __name__ == "__main__":
    onnx.save(restored(onnx.load(sys.argv[1])), sys.argv[2])
