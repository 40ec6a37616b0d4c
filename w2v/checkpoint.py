"""The state of a training, in memory and in a file."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from w2v.errors import StudentError

Points = list[tuple[int, float]]
"""A curve: (words seen, value)."""


@dataclass
class State:
    """How far a training is.

    Attributes:
        V: the center vectors, shape (n, d).
        U: the outside vectors, shape (n, d).
        chunk: the first chunk of the text that is not trained yet.
        words: the words of the text seen so far.
        seconds: the time that took.
        losses: the loss of a pair along the way.
        watched: what `watch` measured along the way.
    """

    V: NDArray[Any]
    U: NDArray[Any]
    chunk: int = 0
    words: int = 0
    seconds: float = 0.0
    losses: Points = field(default_factory=list)
    watched: Points = field(default_factory=list)

    def save(self, path: Path, training: dict[str, Any]) -> None:
        """Write the state to `path`, which holds a complete state at any time.

        Args:
            path: the file.
            training: what identifies the training, JSON values; `load` must be given the same.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        facts = {**vars(self), "training": training}
        del facts["V"], facts["U"]
        with open(partial, "wb") as out:
            np.savez(out, V=self.V, U=self.U, facts=np.array(json.dumps(facts)))
        os.replace(partial, path)

    @classmethod
    def load(cls, path: Path, training: dict[str, Any]) -> "State":
        """Read the state of this training.

        Raises:
            StudentError: the file is no checkpoint, or one of another training.
        """
        try:
            with np.load(path) as file:
                facts = json.loads(str(file["facts"]))
                V, U = file["V"], file["U"]
        except (OSError, KeyError, ValueError, BadZipFile, EOFError) as error:
            raise StudentError(
                f"{path} is not a checkpoint that can be read ({error}): "
                "delete it, or give another name."
            ) from error
        saved = facts.pop("training")
        differing = [name for name in training if saved.get(name) != training[name]]
        if differing:
            name = differing[0]
            raise StudentError(
                f"The checkpoint {path} is of another training: there {name} is "
                f"{saved.get(name)}, here {training[name]}. Delete it to start anew."
            )
        facts["losses"], facts["watched"] = (
            [(words, value) for words, value in facts[curve]] for curve in ("losses", "watched")
        )
        return cls(V, U, **facts)
