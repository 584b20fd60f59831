"""Models in ONNX: files of protobuf and the text that ONNX prints of them."""
