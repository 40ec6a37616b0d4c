"""The exercises: one module of stubs for each notebook, the contract in each stub's docstring.

The order of `NOTEBOOKS` is the order of the course; `EXERCISES` maps each function's name to its
stub, whose `notebook` attribute names the notebook that owns it.

Shapes: n words, dimension d, K negative samples; U (n, d) holds the outside vectors and V (n, d)
the center vectors, one word a row; o and c are row indices. Arrays are float32 or float64;
an answer may be more precise than its input, not less, and no answer changes its inputs.
"""

from w2v.exercises import (
    batches,
    center_gradient,
    cross_entropy,
    negative_sampling,
    outside_gradient,
    sigmoid,
    skip_gram,
    train,
    welcome,
)
from w2v.workbook import Stub

NOTEBOOKS = {
    "00_welcome": welcome,
    "01_cross_entropy": cross_entropy,
    "02_center_gradient": center_gradient,
    "03_outside_gradient": outside_gradient,
    "04_sigmoid": sigmoid,
    "05_negative_sampling": negative_sampling,
    "06_skip_gram": skip_gram,
    "07_batches": batches,
    "08_train": train,
}

EXERCISES: dict[str, Stub] = {
    name: stub
    for notebook, module in NOTEBOOKS.items()
    for name, stub in vars(module).items()
    if isinstance(stub, Stub) and stub.notebook == notebook
}
