"""The instructor's side of the course; needs the extra `instructor`."""

import os
import sysconfig
import warnings

# nbgrader calls the program `alembic` by its name. Let it find the one of this environment, which
# need not be activated: `.venv/bin/w2v build` should work as well.
os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ.get("PATH", "")
# And with SQLAlchemy 2.1 nbgrader's own queries warn a dozen times for each student, of nothing.
warnings.filterwarnings("ignore", message="Object of type <Submitted")
