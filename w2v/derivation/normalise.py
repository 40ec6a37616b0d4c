r"""LaTeX as people type it, turned into one spelling and cut into lines.

A derivation becomes a list of `Line`s of plain tokens: fonts, spacing, sizes of brackets and
alignment are gone, scripts have braces, every way to write a transpose, a hat, a size or an
environment is one way. Nothing is interpreted here and nothing is executed: a command that is not
known stays in the text, and the grammar refuses it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from w2v.errors import StudentError

MAX_CHARACTERS = 20_000
MAX_DEPTH = 40
MAX_EQUATIONS = 500


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FONTS = _words(
    r"\mathbf \boldsymbol \bm \vec \mathrm \mathit \mathsf \mathcal \mathbb \pmb \operatorname "
    r"\mathop \bold \symbf \boxed \bf \rm \it \cal \displaystyle \textstyle \limits \nolimits "
    r"\left \right \bigl \bigr \Bigl \Bigr \biggl \biggr \big \Big \bigg \Bigg \middle \bigm \Bigm "
    r"\nonumber \notag \operatorname* \mathnormal \overline \underline \hfill \centering \cancel "
    r"\therefore \implies \Rightarrow \Longrightarrow \Leftrightarrow \iff \rightarrow \to "
    r"\; \, \: \! \> \/ \noindent \allowbreak \textcolor"
)
WITH_TEXT = _words(r"\text \textrm \textbf \textit \mbox \textsf \intertext \textnormal")
DROPPED_WITH_ARGUMENT = _words(
    r"\label \tag \hspace \vspace \phantom \hphantom \vphantom \color \hspace* \tag*"
)
STACKED = _words(r"\stackrel \overset \underset")
BRACED = _words(r"\underbrace \overbrace")
DISPLAYS = _words(
    "align aligned gather gathered equation split multline eqnarray alignat displaymath math "
    "flalign document center"
)
MATRICES = _words("array matrix bmatrix pmatrix Bmatrix vmatrix smallmatrix")
INNER = {
    **dict.fromkeys(("cases", "dcases", "rcases"), "cases"),
    **dict.fromkeys(MATRICES, "matrix"),
}
_GREEK = dict(zip("θλδαβγ", ["theta", "lambda", "delta", "alpha", "beta", "gamma"], strict=True))
SPELLINGS = {
    **dict.fromkeys([r"\ln", "log", "ln"], r"\log"),
    **dict.fromkeys(["exp"], r"\exp"),
    **dict.fromkeys(["sigma", "sigmoid", "σ", "logistic"], r"\sigma"),
    **dict.fromkeys(["softmax", "Softmax"], r"\softmax"),
    **dict.fromkeys(["diag", "Diag", r"\diag"], r"\diag"),
    **dict.fromkeys(["CE", "CrossEntropy"], r"\CE"),
    **dict.fromkeys(["sum", "Σ", "∑"], r"\sum"),
    **dict.fromkeys(["∂", "partial"], r"\partial"),
    **dict.fromkeys(["∇", "nabla"], r"\nabla"),
    **dict.fromkeys([r"\dfrac", r"\tfrac", r"\cfrac"], r"\frac"),
    **dict.fromkeys([r"\times", r"\ast", "*", "×"], r"\times"),
    **dict.fromkeys([r"\cdot", r"\bullet", "·", "⋅"], r"\cdot"),
    **dict.fromkeys([r"\odot", r"\circ", "⊙", "∘"], r"\odot"),
    **dict.fromkeys([r"\ne", r"\neq", "≠"], r"\neq"),
    **dict.fromkeys([r"\leq", r"\le", r"\leqslant", "≤"], r"\leq"),
    **dict.fromkeys([r"\geq", r"\ge", r"\geqslant", "≥"], r"\geq"),
    **dict.fromkeys([r"\lt"], "<"),
    **dict.fromkeys([r"\gt"], ">"),
    **dict.fromkeys([r"\in", "∈"], r"\in"),
    **dict.fromkeys([r"\notin", "∉"], r"\notin"),
    **dict.fromkeys([r"\&", r"\land", r"\wedge", "∧", ":"], ","),
    **dict.fromkeys([r"\dots", r"\ldots", r"\cdots", r"\vdots", r"\ddots", "…"], r"\dots"),
    **dict.fromkeys([r"\triangleq", r"\coloneqq", r"\equiv", r"\doteq", "≡"], "="),
    **dict.fromkeys([r"\mid", r"\vert", r"\lvert", r"\rvert"], "|"),
    **dict.fromkeys([r"\top", r"\intercal", "⊤", r"\transpose", "ᵀ"], r"\T"),
    **dict.fromkeys([r"\lbrack"], "["),
    **dict.fromkeys([r"\rbrack"], "]"),
    **dict.fromkeys([r"\lbrace"], r"\{"),
    **dict.fromkeys([r"\rbrace"], r"\}"),
    **dict.fromkeys(["−", "–"], "-"),
    **dict.fromkeys([r"\widehat"], r"\hat"),
    **dict.fromkeys([r"\bar", r"\widetilde"], r"\tilde"),
    **dict.fromkeys(["ŷ", "yhat"], r"\yhat"),
    **dict.fromkeys([r"\Pr", "Pr"], "P"),
    **dict.fromkeys([r"\quad", r"\qquad", r"\enspace", "\\ "], ";"),
    **dict.fromkeys(["Vocab", "vocab", "Vocabulary", "vocabulary"], r"\Vocab"),
    **{letter: "\\" + name for letter, name in _GREEK.items()},
    r"\varphi": r"\phi",
}
RELATIONS = frozenset(["=", r"\neq", r"\leq", r"\geq", r"\in", r"\notin", "<", ">"])
OPERATORS = frozenset(["+", "-", r"\times", r"\cdot", r"\odot", "/"])
OPENING = {"(": ")", "[": "]", "{": "}", r"\{": r"\}"}

_TOKEN = re.compile(
    r"""(?P<comment>(?<!\\)%[^\n]*|^\s*\#\#\#[^\n]*|^[#\s]*YOUR\ [A-Z]+\ HERE[^\n]*)
      | (?P<environment>\\(?:begin|end)\s*\{[A-Za-z]*\*?\})
      | (?P<command>\\\\(?:\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm)\s*\])?|\\[A-Za-z]+\*?|\\.|\\$)
      | (?P<math>\$\$?)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z]+)
      | (?P<newline>\n)
      | (?P<space>[ \t\r~]+)
      | (?P<assign>:=|!=|<=|>=|==)
      | (?P<other>.)""",
    re.VERBOSE | re.MULTILINE,
)
_MARKDOWN = re.compile(r"\*\*|^\s*(?:#+(?!##)\s.*|```.*|>)", re.MULTILINE)
_ASCII = {":=": "=", "!=": r"\neq", "<=": r"\leq", ">=": r"\geq", "==": "="}
_SHORT_WORDS = _words("if is so we to of as by in or at an be it on us do no")


@dataclass(frozen=True)
class Token:
    """One token in its one spelling, and where it stands in what the student wrote."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Line:
    """One line of a derivation.

    Args:
        whole: the text of the whole derivation.
        start, end: where the line stands in it.
        tokens: the line in one spelling; a piece of prose is one token that begins with a quote.
    """

    whole: str
    start: int
    end: int
    tokens: tuple[Token, ...]

    @property
    def source(self) -> str:
        """What the student wrote."""
        return self.whole[self.start : self.end]

    @property
    def text(self) -> str:
        """The tokens with single spaces between them, as the grammar reads them."""
        return spaced(self.tokens)


def spaced(tokens: Sequence[Token]) -> str:
    """Tokens with single spaces between them."""
    return " ".join(token.text for token in tokens)


def lines(text: str) -> list[Line]:
    """The lines of a derivation.

    Raises:
        StudentError: the text is too long, too deeply nested, or its brackets do not match.
    """
    if len(text) > MAX_CHARACTERS:
        raise StudentError(
            f"This derivation has {len(text)} characters; at most {MAX_CHARACTERS} are read."
        )
    text = _MARKDOWN.sub(" ", unicodedata.normalize("NFC", text))
    tokens = _tokens(text)
    _check_depth(tokens)
    if sum(token.text == "=" for token in tokens) > MAX_EQUATIONS:
        raise StudentError(f"At most {MAX_EQUATIONS} `=` signs are read.")
    pieces = _joined(_cut(_rewrite(tokens), len(text)))
    found = (Line(text, start, end, _trimmed(tokens)) for tokens, start, end in pieces)
    return [line for line in found if line.tokens]


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    skip_until = 0
    for match in _TOKEN.finditer(text):
        if match.start() < skip_until or match.lastgroup in ("comment", "space"):
            continue
        piece, kind = match.group(), match.lastgroup
        start, end = match.span()
        if piece in WITH_TEXT:
            content, end = _text_argument(text, end)
            skip_until = end
            found += _prose(content, start, end)
        elif kind == "word":
            found += _word(piece, start)
        elif kind == "newline":
            found.append(Token("\n", start, end))
        elif kind == "command" and piece.startswith("\\\\"):
            found.append(Token("\\\\", start, end))
        else:
            piece = _ASCII.get(piece, piece)
            found.append(Token(SPELLINGS.get(piece, piece), start, end))
    return found


def _check_depth(tokens: list[Token]) -> None:
    """Refuse what would take the steps below too deep; a new line starts anew."""
    depth = 0
    for token in tokens:
        depth += (token.text in OPENING) - (token.text in OPENING.values())
        if token.text == "\\\\":
            depth = 0
        if depth > MAX_DEPTH:
            raise StudentError(f"Brackets are nested more than {MAX_DEPTH} deep here.")


def _text_argument(text: str, start: int) -> tuple[str, int]:
    """The content of the braces that open at `start`, and where they end."""
    opening = re.compile(r"\s*\{").match(text, start)
    if not opening:
        return "", start
    depth, position = 1, opening.end()
    while position < len(text) and depth:
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        position += 1
    return text[opening.end() : position - 1], position


def _prose(content: str, start: int, end: int) -> list[Token]:
    r"""A \text: a function's name, a transpose, a condition, or words."""
    word = content.strip()
    if word in ("&", r"\&", "and", ","):
        return [Token(",", start, end)]
    if word == "T":
        return [Token(r"\T", start, end)]
    if word in SPELLINGS or len(word) == 1:
        return [Token(SPELLINGS.get(word, word), start, end)]
    if "$" in content:
        inner = _tokens(content.replace("$", " ; "))
        return [Token(token.text, start, end) for token in inner]
    return [Token('"' + re.sub(r"[\s\"]+", "_", word), start, end)]


def _word(word: str, start: int) -> list[Token]:
    """A run of letters: a known word, prose, or a product of one-letter symbols."""
    end = start + len(word)
    if word in SPELLINGS:
        return [Token(SPELLINGS[word], start, end)]
    if len(word) > 3 or word.lower() in _SHORT_WORDS or (len(word) == 3 and word.isalpha()):
        return [Token('"' + word, start, end)]
    return [Token(letter, start + i, start + i + 1) for i, letter in enumerate(word)]


def _rewrite(tokens: list[Token]) -> list[Token]:
    """One spelling for scripts, hats, fractions, sizes and environments."""
    for step in (_drop, _environments, _unwrap, _scripts, _hats, _sizes, _over, _partials, _losses):
        tokens = step(tokens)
    return tokens


def _drop(tokens: list[Token]) -> list[Token]:
    """Without sizes of brackets, spacing, tags, decorations; `**` of Markdown."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        following = tokens[position + 1].text if position + 1 < len(tokens) else ""
        position += 1
        if token.text in (r"\left", r"\right") and following == ".":
            position += 1
        elif token.text in DROPPED_WITH_ARGUMENT or token.text in STACKED:
            position = _group_end(tokens, position)
        elif token.text in BRACED:
            end = _group_end(tokens, position)
            kept += _drop(tokens[position:end])
            if end < len(tokens) and tokens[end].text in "_^":
                end = _group_end(tokens, end + 1)
            position = end
        elif token.text == r"\mathbb" or (token.text == r"\mathbf" and following == "{"):
            end = _group_end(tokens, position)
            inside = [t.text for t in tokens[position:end] if t.text not in "{}"]
            if inside == ["1"] or (token.text == r"\mathbb" and inside == ["I"]):
                kept.append(Token(r"\ind", token.start, tokens[end - 1].end))
                position = end
            else:
                kept.append(Token(r"\font", token.start, token.end))
        elif token.text in FONTS:
            kept.append(Token(r"\font", token.start, token.end))
        elif token.text not in (r"\$", "`"):
            kept.append(token)
    return kept


def _group_end(tokens: list[Token], start: int) -> int:
    """Where the argument ends that begins at `start`: behind its closing brace, or one token on."""
    if start >= len(tokens) or tokens[start].text != "{":
        return min(start + 1, len(tokens))
    depth = 0
    for position in range(start, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[position].text, 0)
        if depth == 0:
            return position + 1
    return len(tokens)


def _environments(tokens: list[Token]) -> list[Token]:
    r"""Displays become one pair of marks; matrices and cases another; \substack a list."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        match = re.fullmatch(r"\\(begin|end)\s*\{([A-Za-z]*)\*?\}", token.text)
        if match and match[2] in INNER:
            kept.append(Token(rf"\{match[1]}:{INNER[match[2]]}", token.start, token.end))
            if match[2] == "array" and match[1] == "begin":
                position = _group_end(tokens, position)
        elif match and match[2] in DISPLAYS:
            kept.append(Token(f"<{match[1]}>", token.start, token.end))
            if match[2] == "alignat" and match[1] == "begin":
                position = _group_end(tokens, position)
        elif token.text == r"\substack":
            end = _group_end(tokens, position)
            inside = tokens[position + 1 : end - 1]
            kept += [Token(",", t.start, t.end) if t.text == "\\\\" else t for t in inside]
            position = end
        else:
            kept.append(token)
    return kept


def _unwrap(tokens: list[Token]) -> list[Token]:
    """Without fonts, and without the braces that held their argument."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.text != r"\font":
            kept.append(token)
            continue
        end = _group_end(tokens, position)
        inside = tokens[position + 1 : end - 1]
        if (
            position < len(tokens)
            and tokens[position].text == "{"
            and not any(t.text in OPERATORS or t.text in RELATIONS for t in inside)
        ):
            tokens = [*tokens[:position], *inside, *tokens[end:]]
    return kept


def _scripts(tokens: list[Token]) -> list[Token]:
    """Braces around every script; T and primes in one spelling."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.text == "'" or token.text == r"\prime":
            _prime(kept)
        elif token.text in ("_", "^") and position < len(tokens):
            end = _group_end(tokens, position)
            inside = tokens[position:end]
            if inside[0].text == "{":
                inside = inside[1:-1]
            if token.text == "^" and len(inside) == 1 and inside[0].text in ("T", "t"):
                inside = [Token(r"\T", inside[0].start, inside[0].end)]
            if token.text == "^" and [t.text for t in inside] in ([r"\prime"], ["'"]):
                _prime(kept)
            else:
                at, to = token.start, inside[-1].end if inside else token.end
                alone = [t.text for t in inside] == [r"\T"]
                inner = inside if alone else _scripts(inside)
                kept += [token, Token("{", at, to), *inner, Token("}", to, to)]
            position = end
        elif token.text == r"\T":
            here = (token.start, token.end)
            kept += [Token("^", *here), Token("{", *here), token, Token("}", *here)]
        else:
            kept.append(token)
    return kept


def _prime(kept: list[Token]) -> None:
    """Turn the last token into its primed form: a derivative, or another letter."""
    if kept and kept[-1].text == r"\sigma":
        kept[-1] = Token(r"\dsigma", kept[-1].start, kept[-1].end + 1)
    elif kept and re.fullmatch("[A-Za-z]'*", kept[-1].text):
        kept[-1] = Token(kept[-1].text + "'", kept[-1].start, kept[-1].end + 1)
    elif kept:
        kept.append(Token("'", kept[-1].end, kept[-1].end + 1))


def _hats(tokens: list[Token]) -> list[Token]:
    r"""\hat y and \hat{y_w} as \yhat; a tilde as a prime."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.text not in (r"\hat", r"\tilde"):
            kept.append(token)
            continue
        end = _group_end(tokens, position)
        inside = [t for t in tokens[position:end] if t.text not in ("{", "}")][:1]
        rest = tokens[position + 2 : end - 1] if end - position > 1 else []
        if inside and token.text == r"\hat" and inside[0].text == "y":
            kept += [Token(r"\yhat", token.start, inside[0].end), *rest]
        elif inside and token.text == r"\tilde":
            kept += [Token(inside[0].text + "'", token.start, inside[0].end), *rest]
        else:
            kept += [token, *tokens[position:end]]
        position = end
    return kept


def _sizes(tokens: list[Token]) -> list[Token]:
    """|V| as one token; e^{...} as exp{...}."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        texts = [t.text for t in tokens[position : position + 3]]
        if len(texts) == 3 and texts[0] == texts[2] == "|" and texts[1] in ("V", "W", r"\Vocab"):
            kept.append(Token(r"\size", tokens[position].start, tokens[position + 2].end))
            position += 3
        elif texts[:2] == ["e", "^"]:
            kept.append(Token(r"\exp", tokens[position].start, tokens[position].end))
            position += 2
        else:
            kept.append(tokens[position])
            position += 1
    return kept


def _over(tokens: list[Token]) -> list[Token]:
    r"""{a \over b} as \frac{a}{b}; braces around both arguments of every \frac."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.text == "{":
            end = _group_end(tokens, position - 1)
            inside = tokens[position : end - 1]
            cut = _top_level(inside, r"\over")
            if cut is not None:
                top, bottom = _over(inside[:cut]), _over(inside[cut + 1 :])
                kept += _fraction(token, top, bottom)
                position = end
                continue
        if token.text == r"\frac":
            arguments = []
            for _ in range(2):
                if position < len(tokens) and re.fullmatch(r"\d\d+", tokens[position].text):
                    t = tokens[position]
                    digits = [Token(digit, t.start, t.end) for digit in t.text]
                    tokens = [*tokens[:position], *digits, *tokens[position + 1 :]]
                end = _group_end(tokens, position)
                inside = tokens[position:end]
                arguments.append(_over(inside[1:-1] if _braced(inside) else inside))
                position = end
            kept += _fraction(token, *arguments)
        else:
            kept.append(token)
    return kept


def _braced(tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[0].text == "{" and tokens[-1].text == "}"


def _top_level(tokens: list[Token], text: str) -> int | None:
    depth = 0
    for position, token in enumerate(tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0 and token.text == text:
            return position
    return None


def _fraction(at: Token, top: list[Token], bottom: list[Token]) -> list[Token]:
    r"""\frac{top}{bottom}; d of d is the same as \partial of \partial."""
    if top and len(bottom) > 1 and top[0].text == bottom[0].text == "d":
        top = [Token(r"\partial", top[0].start, top[0].end), *top[1:]]
        bottom = [Token(r"\partial", bottom[0].start, bottom[0].end), *bottom[1:]]
    here = (at.start, at.end)
    opening, closing = Token("{", *here), Token("}", *here)
    return [Token(r"\frac", *here), opening, *top, closing, opening, *bottom, closing]


def _partials(tokens: list[Token]) -> list[Token]:
    r"""\partial J / \partial v as a \frac; \partial_v as \nabla_v."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        inline = token.text == r"\partial" and not (kept and kept[-1].text == "{")
        slash = position + 1
        while inline and slash < len(tokens) and tokens[slash].text not in ("/", "\n", "\\\\"):
            slash += 1
        following = [t.text for t in tokens[slash : slash + 2]]
        if token.text == r"\partial" and position + 1 < len(tokens):
            if tokens[position + 1].text == "_":
                kept.append(Token(r"\nabla", token.start, token.end))
                position += 1
                continue
            if inline and following == ["/", r"\partial"] and slash - position < 30:
                end = slash + 3
                while end < len(tokens) and tokens[end].text == "_":
                    end = _group_end(tokens, end + 1)
                kept += _fraction(token, tokens[position:slash], tokens[slash + 1 : end])
                position = end
                continue
        kept.append(token)
        position += 1
    return kept


def _losses(tokens: list[Token]) -> list[Token]:
    r"""J_{skip-gram} and J_s as \Jwindow; J_{naive-softmax}, J_{neg-sample} as J; L likewise."""
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.text != "J" or position >= len(tokens) or tokens[position].text != "_":
            kept.append(token)
            continue
        end = _group_end(tokens, position + 1)
        inside = "".join(t.text for t in tokens[position + 2 : end - 1]).replace('"', "")
        window = re.match(r"skip|s$|sg|S$|SG|window|w$|t$", inside)
        kept.append(Token(r"\Jwindow" if window else "J", token.start, tokens[end - 1].end))
        position = end
    return kept


Piece = tuple[list[Token], int, int]


def _cut(tokens: list[Token], length: int) -> list[Piece]:
    """The tokens of each line and where it stands."""
    pieces: list[Piece] = []
    piece: list[Token] = []
    start = 0
    brackets: list[str] = []
    display = inner = 0
    for position, token in enumerate(tokens):
        text = token.text
        inner = max(0, inner + text.startswith(r"\begin:") - text.startswith(r"\end:"))
        display = max(0, display + (text == "<begin>") - (text == "<end>"))
        if text in OPENING:
            brackets.append(OPENING[text])
        elif brackets and text == brackets[-1]:
            brackets.pop()
        ends = text in ("$$", r"\[", r"\]", "<begin>", "<end>") or (text == "\\\\" and not inner)
        if text == "\n" and not display and not inner:
            following = tokens[position + 1].text if position + 1 < len(tokens) else ""
            open_end = bool(piece) and piece[-1].text in OPERATORS | RELATIONS
            ends = following == "\n" or ((following in ("=", "&") or not brackets) and not open_end)
        if ends:
            pieces.append((piece, start, token.start))
            piece, start, brackets = [], token.end, []
        elif text not in ("\n", "$", r"\(", r"\)") and (text != "&" or inner):
            piece.append(token)
    return [*pieces, (piece, start, length)]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """A line that begins with an operator continues the one above."""
    joined: list[Piece] = []
    for tokens, start, end in pieces:
        if joined and _continues(tokens) and not joined[-1][0][0].text.startswith('"'):
            joined[-1] = joined[-1][0] + tokens, joined[-1][1], end
        elif tokens:
            joined.append((tokens, start, end))
    return joined


def _trimmed(tokens: list[Token]) -> tuple[Token, ...]:
    while tokens and tokens[-1].text in (";", ",", "."):
        tokens = tokens[:-1]
    while tokens and tokens[0].text in (";", ","):
        tokens = tokens[1:]
    return tuple(tokens)


def _continues(piece: list[Token]) -> bool:
    if not piece:
        return False
    first = next((t.text for t in piece if t.text != ";"), "")
    if first in ("+", r"\times", r"\cdot", r"\odot", "/"):
        return True
    return first == "-" and top_relation(piece) is None


def top_relation(tokens: Sequence[Token], start: int = 0) -> int | None:
    """The position of the first `=` outside all brackets, from `start` on."""
    depth = 0
    for position, token in enumerate(tokens):
        if token.text in OPENING or token.text.startswith(r"\begin:"):
            depth += 1
        elif token.text in OPENING.values() or token.text.startswith(r"\end:"):
            depth -= 1
        elif token.text == "=" and depth == 0 and position >= start:
            return position
    return None
