"""A sample class: nine students, each with one habit, made from the notebooks.

`python -m tests.sample_class` writes their submissions to `submitted/` of the course, where
`nbgrader autograde` and `w2v grade` find them. `EXPECTED_LOSS` says what each habit must cost.
"""

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from w2v.grading.notebooks import (
    ASSIGNMENT,
    course_root,
    grade_id,
    instructor_notebooks,
    is_solution,
    read,
)

Notebooks = dict[str, NotebookNode]
Edit = Callable[[Notebooks], None]

EVERYTHING = "everything"
EXPECTED_LOSS: dict[str, set[str] | str] = {
    # student: the graded cells that earn nothing (a prefix stands for all cells that begin with it)
    "ada_all_right": set(),
    "ben_other_ways": set(),
    "cleo_blank": EVERYTHING,
    "dora_sign_errors": {
        "center_gradient-",
        "negative_sampling_center_gradient-",
        "negative_sampling_outside_rows-",
    },
    "emil_only_abc": {"04", "05", "06", "07", "08", "00"},
    "fay_crash": {"center_gradient-", "sigmoid-", "sigmoid_derivative-", "sigmoid_jacobian-"},
    "gus_endless_loop": {"skip_gram_gradients-"},
    "hana_deleted_test": set(),
    "ivo_noisy": set(),
}

OTHER_WAYS = {
    "scores": """
@w2v.fill
def scores(center, outside):
    return np.array([np.dot(row, center) for row in outside])
""",
    "softmax": """
def shifted(z):
    return z - z.max()

@w2v.fill
def softmax(z):
    e = np.exp(shifted(z))
    return e / e.sum()
""",
    "cross_entropy": """
@w2v.fill
def cross_entropy(p, q):
    total = 0.0
    for p_w, q_w in zip(p, q):
        if p_w > 0:
            total -= p_w * np.log(q_w)
    return total
""",
    "naive_softmax_loss": """
@w2v.fill
def naive_softmax_loss(v, o, U):
    z = U.dot(v)
    m = z.max()
    return np.array([m + np.log(np.exp(z - m).sum()) - z[o]])
""",
    "center_gradient": """
@w2v.fill
def center_gradient(v, o, U):
    p = softmax(scores=np.matmul(U, v))
    return -U[o] + sum(p[w] * U[w] for w in range(len(U)))
""",
    "outside_gradient": """
@w2v.fill
def outside_gradient(v, o, U):
    y = np.zeros(U.shape[0])
    y[o] = 1
    return (softmax(U @ v) - y).reshape(-1, 1) @ v.reshape(1, -1)
""",
    "sigmoid": """
@w2v.fill
def sigmoid(x):
    return 0.5 * (1.0 + np.tanh(0.5 * x))
""",
    "draw_negatives": """
@w2v.fill
def draw_negatives(o, counts, K, rng):
    p = np.asarray(counts, dtype=float) ** 0.75
    p[o] = 0.0
    edges = np.cumsum(p / p.sum())
    return [int(np.searchsorted(edges, rng.random() * edges[-1], side="right")) for _ in range(K)]
""",
    "negative_sampling_center_gradient": """
@w2v.fill
def negative_sampling_center_gradient(v, o, negatives, U):
    grad = -(1 - sigmoid(U[o] @ v)) * U[o]
    for k in negatives:
        grad = grad + (1 - sigmoid(-U[k] @ v)) * U[k]
    return grad
""",
    "add_rows": """
@w2v.fill
def add_rows(rows, words, n):
    total = np.zeros((n, rows.shape[1]))
    for row, word in zip(rows, words):
        total[word] += row
    return total
""",
}


def submissions(root: Path) -> dict[str, Notebooks]:
    """The notebooks that each student hands in; `release/` must have been built."""
    blank = {
        path.stem: read(path) for path in sorted((root / "release" / ASSIGNMENT).glob("*.ipynb"))
    }
    right = _filled(blank, instructor_notebooks(root))
    students: dict[str, tuple[Notebooks, Edit]] = {
        "ada_all_right": (right, lambda notebooks: None),
        "ben_other_ways": (right, _other_ways),
        "cleo_blank": (blank, lambda notebooks: None),
        "dora_sign_errors": (right, _sign_errors),
        "emil_only_abc": (blank, lambda notebooks: notebooks.update(_only_abc(right))),
        "fay_crash": (right, _crash),
        "gus_endless_loop": (right, _endless_loop),
        "hana_deleted_test": (right, _deleted_test),
        "ivo_noisy": (right, _noisy),
    }
    made = {}
    for student, (start, edit) in students.items():
        made[student] = copy.deepcopy(start)
        edit(made[student])
    return made


def write(root: Path) -> None:
    """Write every submission to `submitted/STUDENT/word2vec/`."""
    for student, notebooks in submissions(root).items():
        folder = root / "submitted" / student / ASSIGNMENT
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, notebook in notebooks.items():
            nbformat.write(notebook, folder / f"{name}.ipynb")


def _filled(blank: Notebooks, instructor: Notebooks) -> Notebooks:
    """The release with the instructor's answers in its solution cells."""
    filled = copy.deepcopy(blank)
    for name, notebook in filled.items():
        answers = {grade_id(cell): cell.source for cell in instructor[name].cells}
        for cell in notebook.cells:
            if is_solution(cell):
                lines = answers[grade_id(cell)].splitlines()
                cell.source = "\n".join(line for line in lines if "SOLUTION" not in line)
    return filled


def _cell(notebooks: Notebooks, wanted: str) -> NotebookNode:
    (cell,) = (c for nb in notebooks.values() for c in nb.cells if grade_id(c) == wanted)
    return cell


def _other_ways(notebooks: Notebooks) -> None:
    for exercise, source in OTHER_WAYS.items():
        _cell(notebooks, exercise).source = source.strip()


def _sign_errors(notebooks: Notebooks) -> None:
    _cell(notebooks, "center_gradient").source = """
@w2v.fill
def center_gradient(v_c, o, U):
    return U[o] - U.T @ softmax(U @ v_c)
""".strip()
    _cell(notebooks, "negative_sampling_center_gradient").source = """
@w2v.fill
def negative_sampling_center_gradient(v_c, o, negatives, U):
    negative = U[negatives]
    return (sigmoid(U[o] @ v_c) - 1) * U[o] + (1 - sigmoid(negative @ v_c)) @ negative
""".strip()
    _cell(notebooks, "negative_sampling_outside_rows").source = """
@w2v.fill
def negative_sampling_outside_rows(v_c, o, negatives, U):
    factors = sigmoid(U[[o, *negatives]] @ v_c)
    factors[0] = 1 - factors[0]
    return np.outer(factors, v_c)
""".strip()


def _only_abc(right: Notebooks) -> Notebooks:
    return {name: copy.deepcopy(right[name]) for name in right if name[:2] in ("01", "02", "03")}


def _crash(notebooks: Notebooks) -> None:
    _cell(notebooks, "center_gradient").source = "import sys\n\nsys.exit()"
    _cell(notebooks, "sigmoid").source = "@w2v.fill\ndef sigmoid(x)\n    return 1 / (1 + np.exp(-x"


def _endless_loop(notebooks: Notebooks) -> None:
    _cell(notebooks, "skip_gram_gradients").source = """
@w2v.fill
def skip_gram_gradients(c, outside_words, V, U, pair_gradients):
    while True:
        c = c
""".strip()


def _deleted_test(notebooks: Notebooks) -> None:
    notebook = notebooks["03_outside_gradient"]
    notebook.cells = [c for c in notebook.cells if grade_id(c) != "outside_gradient-values"]


def _noisy(notebooks: Notebooks) -> None:
    """Prints, warnings and a loss that is a NumPy scalar: none of it may change a mark."""
    cell = _cell(notebooks, "naive_softmax_loss")
    cell.source = """
import sys
import warnings

@w2v.fill
def naive_softmax_loss(v_c, o, U):
    print("debugging", v_c.shape)
    print("still debugging", file=sys.stderr)
    warnings.warn("a harmless warning")
    np.log(np.zeros(1))
    scores = U @ v_c
    shift = np.max(scores)
    return np.float64(shift + np.log(np.sum(np.exp(scores - shift))) - scores[o])
""".strip()


if __name__ == "__main__":
    write(course_root())
    print(f"Sample class of {len(EXPECTED_LOSS)} students: {course_root() / 'submitted'}")
