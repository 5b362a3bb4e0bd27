"""The inference function beside the tutorial's way of calling the same model, and beside a bare ONNX session."""
