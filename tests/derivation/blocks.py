"""The fixtures: derivations in text files, one block for each."""

import re
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Block(NamedTuple):
    """A derivation, what it derives, and what the file says about it."""

    name: str
    about: str
    text: str


def read(file: str) -> list[Block]:
    """The blocks of right.txt or wrong.txt."""
    content = (HERE / file).read_text(encoding="utf-8")
    blocks = []
    for part in re.split(r"^=== ", content, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        name, _, about = heading.partition(" | ")
        blocks.append(Block(name, about, text))
    return blocks


RIGHT = read("right.txt")
WRONG = read("wrong.txt")
