"""Hostile answers to `softmax` of the small notebook, by what each is after.

`MARKS` want points without an answer; `BREAKS` print BROKEN where they got what they wanted;
`NUISANCES` want to stop the grading or to cost somebody else something.

Every one of them also runs without protection, to show that it is an attack: none may do harm to
the machine that the tests run on.
"""

SHAM = """
@w2v.fill
def softmax(scores):
    return scores
"""

MARKS = {
    "replace the test": """
import w2v.checks.hidden
w2v.checks.hidden.exam.__exit__ = lambda *_: None
""",
    "replace the verdict from a thread": """
import threading
def replace():
    import w2v.checks.hidden
    w2v.checks.hidden.exam.__exit__ = lambda *_: None
thread = threading.Thread(target=replace)
thread.start()
thread.join()
""",
    "replace NumPy's comparison": """
np.isclose = lambda a, b, *_, **__: np.ones(np.shape(b), bool)
import w2v.checks.judge
w2v.checks.judge.judge = w2v.checks.trial.judge = (
    lambda found, *_, **__: __import__("w2v.checks.judge").checks.judge.Finding(
        __import__("w2v.outcomes").outcomes.Outcome.CORRECT, ""
    )
)
""",
    "syntax tree transformer": """
import ast
class Drop(ast.NodeTransformer):
    def visit_With(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Drop())
""",
    "input transformer": """
def drop(lines):
    return ["pass"] if any("exam(" in line for line in lines) else lines
get_ipython().input_transformers_post.append(drop)
""",
    "hook on the shell": """
shell = get_ipython()
run = shell.run_cell
shell.run_cell = lambda source, **options: run("pass" if "exam(" in source else source, **options)
""",
    "module in the place of the tests": """
import contextlib, sys, types
sham = types.ModuleType("w2v.checks")
sham.draw = None
sham.exam = lambda *_: contextlib.suppress(BaseException)
sys.modules["w2v.checks"] = sham
""",
    "import hook": """
import builtins, contextlib, types
real = builtins.__import__
def hooked(name, *rest, **options):
    if name == "w2v.checks":
        return types.SimpleNamespace(draw=None, exam=lambda *_: contextlib.suppress(BaseException))
    return real(name, *rest, **options)
builtins.__import__ = hooked
""",
    "a finder before all others": """
import importlib.abc, importlib.machinery, sys, types, contextlib
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, *_):
        if name == "w2v.checks":
            return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec):
        sham = types.ModuleType(spec.name)
        sham.draw, sham.exam = None, lambda *_: contextlib.suppress(BaseException)
        return sham
    def exec_module(self, module):
        pass
sys.modules.pop("w2v.checks", None)
sys.meta_path.insert(0, Finder())
""",
    "the oracle behind its gate": """
import w2v.oracle
formula = next(c.cell_contents for c in w2v.oracle.softmax.__closure__
               if getattr(c.cell_contents, "__name__", "") == "softmax")
@w2v.fill
def softmax(scores):
    w2v.guard._closed = False
    return formula(scores)
""",
    "the truth from the garbage collector": """
@w2v.fill
def softmax(scores):
    import gc
    import w2v.guard
    for thing in gc.get_objects():
        if getattr(thing, "__module__", "") == "w2v.oracle" and "softmax" == getattr(
            thing, "__name__", ""):
            w2v.guard._closed = False
            return thing(scores)
""",
    "the verdict from the frames of the test": """
@w2v.fill
def softmax(scores):
    import sys, types
    frame = sys._getframe()
    while frame is not None:
        trial = frame.f_locals.get("self")
        if hasattr(trial, "findings"):
            from w2v.outcomes import Outcome
            trial.verdict = lambda: types.SimpleNamespace(outcome=Outcome.CORRECT)
        frame = frame.f_back
    return scores
""",
    "ctypes on a variable of the guard": """
import ctypes
import w2v.guard, w2v.oracle
kinds = [ctypes.py_object, ctypes.c_char_p, ctypes.py_object]
ctypes.pythonapi.PyDict_SetItemString.argtypes = kinds
@w2v.fill
def softmax(scores):
    ctypes.pythonapi.PyDict_SetItemString(vars(w2v.guard), b"_closed", False)
    return w2v.oracle.softmax(scores)
""",
    "finalizer that runs in the test": """
class Trap:
    def __del__(self):
        import w2v.checks.hidden
        w2v.checks.hidden.exam.__exit__ = lambda *_: None
@w2v.fill
def softmax(scores):
    Trap()
    return scores
""",
    "trace function": """
import sys
class Deaf(list):
    def __iadd__(self, other):
        return self
    append = __iadd__
def trace(frame, event, argument):
    if frame.f_code.co_name == "__exit__" and hasattr(frame.f_locals.get("self"), "_trial"):
        frame.f_locals["self"]._trial.findings = Deaf()
sys.settrace(trace)
""",
    "an alarm in the middle of the test": """
import signal
def replace(*_):
    import w2v.checks.hidden
    w2v.checks.hidden.exam.__exit__ = lambda *_: None
signal.signal(signal.SIGALRM, replace)
@w2v.fill
def softmax(scores):
    signal.raise_signal(signal.SIGALRM)
    return scores
""",
    "garbage collector's call-back": """
import gc
def replace(*_):
    import sys
    sys.modules["w2v.checks.hidden"].exam.__exit__ = lambda *_: None
import w2v.checks.hidden
gc.callbacks.append(replace)
gc.collect()
""",
    "the workbook's stub": """
import w2v.exercises, w2v.workbook, w2v.checks.trial
def find(name):
    import w2v.oracle, w2v.guard
    w2v.guard.closed = w2v.checks.call.closed = __import__("contextlib").nullcontext
    return w2v.oracle.softmax
w2v.checks.trial.find = w2v.workbook.find = find
""",
}

BREAKS = {
    "read the course on disk": """
import w2v, pathlib
if (pathlib.Path(w2v.__file__).parent / "oracle.py").exists():
    print("BROKEN")
""",
    "read files of this user": """
open("{file}").read()
print("BROKEN")
""",
    "write files outside its folder": """
open("{file}", "w").write("mine")
print("BROKEN")
""",
    "a link to a file outside": """
import os
os.symlink("{file}", "link")
open("link").read()
print("BROKEN")
""",
    "write into the package": """
import w2v.workbook
with open(w2v.workbook.__file__, "a"):
    print("BROKEN")
""",
    "read the seed": """
import os
if os.environ.get("W2V_SEED"):
    print("BROKEN")
""",
    "connect to a server": """
import socket
socket.create_connection(("127.0.0.1", {port}), timeout=2)
print("BROKEN")
""",
    "look at other processes": """
import os
if [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]:
    print("BROKEN")
""",
    "kill the parent": """
import os
os.kill(os.getppid(), 0)
if os.getppid() > 1:
    print("BROKEN")
""",
    "a hundred processes": """
import os, signal
children = []
try:
    for _ in range(100):
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
    print("BROKEN")
finally:
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
""",
    "a hundred threads": """
import threading
stop = threading.Event()
try:
    for _ in range(100):
        threading.Thread(target=stop.wait, daemon=True).start()
    print("BROKEN")
finally:
    stop.set()
""",
    "six gigabytes of memory": """
blocks = [np.empty(1 << 30, np.uint8) for _ in range(6)]
print("BROKEN")
""",
    "four gigabytes in ten processes": """
import os, signal, time
children = []
try:
    for _ in range(10):
        child = os.fork()
        if child == 0:
            block = bytearray(b"x") * (400 << 20)
            time.sleep(60)
            os._exit(0)
        children.append(child)
    time.sleep(5)
    print("BROKEN")
finally:
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
""",
    "a file of a hundred megabytes": """
with open("large", "wb") as file:
    file.truncate(100 << 20)
print("BROKEN")
""",
    "fill the disk": """
for number in range(12):
    with open(f"part{number}", "wb") as file:
        file.write(bytes(20 << 20))
print("BROKEN")
""",
    "two hundred open files": """
import os
files = [os.open("/dev/null", os.O_RDONLY) for _ in range(200)]
print("BROKEN")
""",
    "become another user": """
import os
if os.getuid() == 0 or os.geteuid() == 0:
    print("BROKEN")
""",
    "mount something": """
import ctypes, os
os.mkdir("place")
libc = ctypes.CDLL(None)
if libc.mount(b"none", b"place", b"tmpfs", 0, None) == 0:
    libc.umount2(b"place", 2)
    print("BROKEN")
""",
    "markup in the output": """
from IPython.display import HTML, display
display(HTML("<script>alert('BROKEN')</script>"))
""",
}

NUISANCES = {
    "exit": "import os; os._exit(0)",
    "exit in the function": "@w2v.fill\ndef softmax(s):\n    import os\n    os._exit(0)",
    "segmentation fault": "import ctypes; ctypes.string_at(0)",
    "stack overflow": """
import sys
sys.setrecursionlimit(10**8)
def deep(x):
    return [deep([x])]
import ctypes
def again(*_):
    return callback()
callback = ctypes.CFUNCTYPE(ctypes.c_int)(again)
callback()
""",
    "endless loop": "while True: pass",
    "endless loop in the function": "@w2v.fill\ndef softmax(s):\n    while True: pass",
    "deaf to signals": """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    time.sleep(1)
""",
    "stop yourself": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)\nwhile True: pass",
    "endless output": "while True: print('x' * 500)",
    "close all files": "import os; os.closerange(0, 100)\nwhile True: pass",
    "garbage to every open file": """
import os
for number in range(3, 64):
    try:
        os.write(number, b"x" * 5000)
    except OSError:
        pass
while True: pass
""",
    "leave a process behind": """
import ctypes, os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b"left-over", 0, 0, 0)
        time.sleep(6)
    os._exit(0)
while True: pass
""",
    "a drop now and then": """
import os, time, struct
while True:
    try:
        os.write(3, b"\\0")
    except OSError:
        pass
    time.sleep(0.2)
""",
}
