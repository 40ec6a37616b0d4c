import subprocess
import sys

HEAVY = ["matplotlib", "scipy", "lark", "tqdm", "IPython", "pooch", "hypothesis"]


def test_the_students_side_imports_light():
    """Every kernel of every graded notebook pays for these imports."""
    code = (
        "import sys, w2v, w2v.exercises, w2v.checks; from w2v import fill, check; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
