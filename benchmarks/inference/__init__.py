"""Compare the inference function with the tutorial's way of calling the same model, and with a bare ONNX session."""
