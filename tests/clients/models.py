"""Models of ONNX, of one operator each, written into the current folder."""

from onnx import TensorProto, helper, save

# The name of the file, the operator, and the shape; None is any.
MODELS = (
    ("gelu.onnx", "Gelu", None),
    ("mish.onnx", "Mish", None),
    ("elu_64_1024.onnx", "Elu", (64, 1024)),
)


def write() -> None:
    """Write all of them."""
    for name, operator, shape in MODELS:
        x, y = (helper.make_tensor_value_info(end, TensorProto.FLOAT, shape) for end in "xy")
        graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], operator, [x], [y])
        operators = [helper.make_opsetid("", 20)]
        save(helper.make_model(graph, opset_imports=operators, ir_version=10), name)


if __name__ == "__main__":
    write()
