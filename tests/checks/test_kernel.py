"""In a real kernel: what a cell of hidden tests shows, and what it does not."""

import nbformat
import pytest
from nbclient import NotebookClient

OPEN = """\
import numpy as np
import w2v
from w2v.workbook import open_notebook
open_notebook("01_cross_entropy")
"""
SOLUTION = """\
%matplotlib inline
import sys, warnings
import matplotlib.pyplot as plt
from IPython.display import display
np.seterr(all="raise")
warnings.simplefilter("error")

@w2v.fill
def softmax(scores):
    print("a print"); print("an error", file=sys.stderr); display("a display")
    warnings.warn("a warning")
    plt.plot(scores)
    plt.show()
    plt.figure()
    weights = np.exp(scores - scores.max())
    return RESULT
"""
TEST = """\
from w2v.checks import draw, exam

with exam("softmax", "values") as test:
    test(draw.scores(test.rng))
    test(draw.scores(test.rng, offset=-1e4))  # a secret line
"""


@pytest.fixture(scope="module")
def outputs():
    """The outputs of the test cell, for a right and for a wrong answer."""
    cells = [OPEN, SOLUTION.replace("RESULT", "weights / weights.sum()"), TEST]
    cells += [SOLUTION.replace("RESULT", "weights"), TEST, 'w2v.check("softmax")']
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, timeout=60, allow_errors=True)
    client.execute()
    return [cell.outputs for cell in notebook.cells]


def test_a_right_but_noisy_answer_shows_the_seed_alone(outputs):
    (output,) = outputs[2]
    assert output.name == "stdout"
    assert output.text.startswith("seed ") and output.text.count("\n") == 1


def test_a_wrong_answer_shows_its_verdict_and_no_line_of_the_test(outputs):
    seed, error = outputs[4]
    assert seed.text.startswith("seed ")
    assert error.evalue.startswith("✗ softmax: wrong value")
    assert "not divided by the sum" in error.evalue
    assert "\n".join(error.traceback) == error.evalue
    assert "secret" not in str(outputs[4])


def test_the_visible_check_prints_its_verdict_alone(outputs):
    (output,) = outputs[5]
    assert output.name == "stdout"
    assert output.text.startswith("✗ softmax: wrong value")
