"""What each line is for: a step of a chain, a case label, a "let", a convention, or prose."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from w2v.derivation.expression import Node
from w2v.derivation.normalise import OPENING, Line, Token, lines, spaced, top_relation
from w2v.derivation.parse import Unreadable, parse

_INDEX = r"[a-z]'*(?: _ \{ [^{}]* \})?"
_SET = rf"(?:\\\{{ .* \\\}}|{_INDEX}(?: , (?:{_INDEX}|\\dots|\d+))*|[A-Z]|\\Vocab)"
_CONDITION = rf"(?:{_INDEX} (?:=|\\neq) {_INDEX}|{_INDEX} \\(?:not)?in {_SET})"
_BETWEEN = r"(?:\"\S*|;|,|\(|\[|\||\| _ \{)"
_TRAILING = re.compile(
    rf"^(?P<rest>.*?\S) (?:{_BETWEEN} )+(?P<condition>{_CONDITION})"
    r"(?: (?:\)|\]|\}|;|,|\.|\"\S*))*$"
)
_LEADING = re.compile(
    rf"^(?:(?:\"\S*|;|\() )*(?P<condition>{_CONDITION}) (?:\) )?(?:(?:,|;|\"\S*) )+"
    r"(?P<rest>.* = .*)$"
)
_ALONE = re.compile(
    rf"^(?:\"[^=]* )?(?:(?:;|,|\() )*(?P<condition>{_CONDITION})(?: (?:\)|\}}|;|,|\.|\"\S*))*$"
)
LONGEST_LABELLED = 2_000
"""Characters of a line in which a label is looked for; the search takes their square."""
_LET = re.compile(r"^\"(?:let|define|denote|where|with|set|put|write|here)(?:_|\b)", re.IGNORECASE)
_SIZE = r"(?:\\?\|)?\s*(?:V|n|N)\s*(?:\\?\|)?"
_BY = r"\s*(?:x|×|\\times|by)\s*"
_LAYOUT = re.compile(
    rf"(?P<columns>d{_BY}{_SIZE})|(?P<rows>{_SIZE}{_BY}d\b)"
    rf"|(?P<row>\brows?\b|1{_BY}{_SIZE})|(?P<column>\bcolumns?\b|{_SIZE}{_BY}1)"
    r"|(?P<turned>\btransposed\b)"
    r"|(?P<what>\bgradients?\b|\b(?:word )?vectors\b|\b[yUVuv](?=\b|_)|ŷ)"
)
_SPACE = re.compile(r"\\in\s*\\mathbb\s*\{?R")


@dataclass(frozen=True)
class Statement:
    """One line and what it is for.

    Args:
        kind: "chain", "let", "label", "convention" or "prose".
        source: what the student wrote.
        sides: of a chain or a let, the expressions between its `=` signs with their sources; the
            first is empty where the line begins with `=`.
        condition: the case that the line speaks of, if it says so.
        layout: of a convention, what it changes.
    """

    kind: str
    source: str
    sides: tuple[tuple[str, str], ...] = ()
    condition: Node | None = None
    layout: tuple[tuple[str, str], ...] = ()


def statements(text: str) -> list[Statement]:
    """The statements of a derivation, in order."""
    return [statement for line in lines(text) for statement in _statements(line)]


def _statements(line: Line) -> list[Statement]:
    tokens = line.tokens
    source = _tidy(line.source, keeps_signs=True)
    prose = any(token.text.startswith('"') for token in tokens)
    if (prose or _SPACE.search(source)) and top_relation(tokens) is None:
        if layout := _layout(source):
            return [Statement("convention", source, layout=layout)]
        if _SPACE.search(source):
            return [Statement("prose", source)]
    condition, tokens = _labelled(tokens)
    if condition is not None and not tokens:
        return [Statement("label", source, condition=condition)]
    is_let = bool(tokens) and _LET.match(tokens[0].text) is not None
    words = bool(tokens) and tokens[0].text.startswith('"')
    tokens = _mathematics(tokens)
    if not tokens or (words and top_relation(tokens) is None):
        return [Statement("prose", source)]
    kind = "let" if is_let else "chain"
    return [
        Statement(kind, source, _sides(line, part), condition) for part in _equations(list(tokens))
    ]


def _labelled(tokens: tuple[Token, ...]) -> tuple[Node | None, tuple[Token, ...]]:
    """The case label of a line, and the line without it."""
    texts = [token.text for token in tokens]
    for start in range(len(texts) - 3):
        if texts[start : start + 3] == ["|", "_", "{"] and "}" in texts[start:]:
            end = texts.index("}", start)
            condition = _condition(" ".join(texts[start + 3 : end]))
            if condition is not None:
                return condition, (*tokens[:start], *tokens[end + 1 :])
    text = spaced(tokens)
    if len(text) > LONGEST_LABELLED:
        return None, tokens
    for pattern in (_ALONE, _LEADING, _TRAILING):
        match = pattern.match(text)
        if not match:
            continue
        rest = match.groupdict().get("rest") or ""
        if rest.endswith((r"\ind", "_ {", r"\sum")) or rest.count("{") != rest.count("}"):
            continue
        condition = _condition(match["condition"])
        if condition is None:
            continue
        if pattern is _LEADING:
            return condition, tokens[len(tokens) - len(rest.split(" ")) :] if _same_count(
                tokens, text
            ) else tokens
        return condition, _first(tokens, rest)
    return None, tokens


def _same_count(tokens: Sequence[Token], text: str) -> bool:
    return len(text.split(" ")) == len(tokens)


def _first(tokens: tuple[Token, ...], text: str) -> tuple[Token, ...]:
    """The first tokens, those that make up `text`."""
    kept: list[Token] = []
    length = 0
    for token in tokens:
        length += len(token.text) + bool(kept)
        if length > len(text):
            break
        kept.append(token)
    return tuple(kept)


def _condition(text: str) -> Node | None:
    if "\\in" in text or "\\notin" in text:
        left, sign, right = re.split(r" (\\in|\\notin) ", text, maxsplit=1)
        right = right if right.startswith("\\{") else rf"\{{ {right} \}}"
        text = f"{left} {sign} {right}"
    try:
        return parse(text)
    except Unreadable:
        return None


def _mathematics(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The formula of a line, without the words before and behind it."""
    start = 0
    while start < len(tokens) and tokens[start].text.startswith(('"', ";", ",")):
        start += 1
    if start:
        start = _behind_words(tokens, start)
    end = start
    depth = 0
    while end < len(tokens) and (depth > 0 or not tokens[end].text.startswith('"')):
        depth += tokens[end].text.startswith(r"\begin:") - tokens[end].text.startswith(r"\end:")
        end += 1
    if any(token.text == "=" for token in tokens[end:]) and "=" not in [
        token.text for token in tokens[start:end]
    ]:
        return ()
    return tuple(token for token in tokens[start:end] if token.text != ".")


def _behind_words(tokens: tuple[Token, ...], start: int) -> int:
    """Where the equation begins in `for all k: J = ...`: behind the last comma before its `=`."""
    relation = top_relation(tokens, start) or start
    depth = 0
    for position in range(start, relation):
        text = tokens[position].text
        depth += (text in OPENING) - (text in OPENING.values())
        if depth == 0 and text.startswith((",", ";", '"')):
            start = position + 1
    return start


def _equations(tokens: list[Token]) -> list[list[Token]]:
    """Two equations side by side on a line, apart."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in OPENING or token.text.startswith(r"\begin:")) - (
            token.text in OPENING.values() or token.text.startswith(r"\end:")
        )
        if depth == 0 and token.text in (";", ","):
            pieces.append([])
        else:
            pieces[-1].append(token)
    pieces = [piece for piece in pieces if piece]
    if all(top_relation(piece) is not None for piece in pieces):
        return pieces
    return [tokens]


def _sides(line: Line, tokens: list[Token]) -> tuple[tuple[str, str], ...]:
    """The expressions between the `=` signs: in one spelling, and as the student wrote them."""
    sides = []
    start, at = 0, tokens[0].start if tokens else line.start
    at = line.start if tokens and tokens[0] == line.tokens[0] else at
    while True:
        cut = top_relation(tokens, start)
        end = tokens[cut].start if cut is not None else line.end
        part = [token for token in tokens[start:cut] if token.text != ";"]
        sides.append((spaced(part), _tidy(line.whole[at:end])))
        if cut is None:
            return tuple(sides)
        start, at = cut + 1, tokens[cut].end


def _tidy(source: str, keeps_signs: bool = False) -> str:
    """What the student wrote, on one line, without comments and (in a formula) alignment."""
    source = re.sub(r"(?<!\\)%[^\n]*|^\s*###[^\n]*", "", source, flags=re.MULTILINE)
    if keeps_signs:
        return " ".join(source.split())
    if r"\begin" not in source:
        source = re.sub(r"(?<!\\)&", "", source)
    return " ".join(source.replace("$", "").split())


def _layout(source: str) -> tuple[tuple[str, str], ...]:
    """What a line about conventions declares, as fields of `Convention`."""
    found: dict[str, str] = {}
    subjects: list[str] = []
    said = False
    for match in _LAYOUT.finditer(source):
        if match["what"]:
            subjects = [match["what"]] if said else [*subjects, match["what"]]
            said = False
            continue
        said = True
        for subject in subjects:
            found.update(_field(subject, str(match.lastgroup)))
    return tuple(found.items())


def _field(subject: str, how: str) -> dict[str, str]:
    """What it means for a symbol to stand in a row or column, or to be d x |V|."""
    if subject in ("y", "ŷ") and how in ("row", "column"):
        return {"y": how}
    if subject in ("U", "V"):
        return {"U": "rows" if how in ("row", "rows") else "columns"}
    if subject.startswith("gradient"):
        return {"gradient": "transposed" if how == "turned" else "same"}
    return {"vectors": how} if how in ("row", "column") else {}
