"""What passes between the judge and a student's worker: values, never code and never pickles.

Both ends speak through a `Peer`: one side calls, the other answers, and while it works on the
answer it may call back. Calls nest like function calls, so one stream without numbering is
enough, and anything out of order is a breach. Everything that a worker sends is bounded in size,
depth and count, and is decoded by fixed tables: no name that arrives is ever looked up.
"""

import json
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from w2v.errors import NotFilledError, StudentError

Message = dict[str, Any]
Function = Callable[..., Any]

MAX_HEADER = 1 << 20  # bytes of JSON
MAX_ARRAYS = 64
MAX_ARRAY_BYTES = 64 << 20  # of all arrays of one message
MAX_DEPTH = 8  # of nested values, and of calls that wait for each other
MAX_TEXT = 2000  # characters of any text in an error
FRAME = struct.Struct(">II")  # bytes of JSON, bytes of arrays
DTYPES = frozenset(
    np.dtype(kind).str
    for kind in [
        "?",
        "i1",
        "i2",
        "i4",
        "i8",
        "u1",
        "u2",
        "u4",
        "u8",
        "f2",
        "f4",
        "f8",
        "c8",
        "c16",
    ]  # native byte order only
)
ERRORS: dict[str, type[Exception]] = {
    error.__name__: error
    for error in (
        *(ArithmeticError, AssertionError, AttributeError, FloatingPointError, ImportError),
        *(IndexError, KeyError, MemoryError, NameError, NotImplementedError, OverflowError),
        *(RecursionError, RuntimeError, TypeError, UnboundLocalError, ValueError),
        *(ZeroDivisionError, NotFilledError, StudentError),
    )
}


class BreachError(Exception):
    """The other side is gone, is late, or did not keep to the protocol."""


class Opaque:
    """Stands for an answer of a type that does not cross, such as a generator or a file."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"<{self.kind}>"


# Values ------------------------------


class Encoder:
    """Turns values into JSON, their arrays into `blobs`; functions are lent in `functions`."""

    def __init__(self, functions: list[Function]) -> None:
        self.blobs: list[bytes] = []
        self.functions = functions

    def encode(self, value: Any, depth: int = 0) -> Any:
        """`value` as JSON; what cannot cross becomes the name of its type."""
        if depth > MAX_DEPTH:
            return {"opaque": "too deeply nested"}
        if value is None or (
            isinstance(value, bool | float | str) and not isinstance(value, np.generic)
        ):
            return value
        if isinstance(value, int) and value.bit_length() < 256:
            return int(value)
        if isinstance(value, complex) and not isinstance(value, np.generic):
            return {"complex": [value.real, value.imag]}
        if isinstance(value, tuple | list):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {kind: [self.encode(item, depth + 1) for item in value]}
        if isinstance(value, np.ndarray | np.generic) and value.dtype.str in DTYPES:
            return self._array(value)
        if isinstance(value, np.random.Generator):
            return {"generator": _state(value)}
        if callable(value):
            self.functions.append(value)
            return {"function": len(self.functions) - 1}
        return {"opaque": type(value).__name__[:100]}

    def _array(self, value: Any) -> Any:
        array = np.asarray(value)
        self.blobs.append(array.tobytes())
        kind = "scalar" if isinstance(value, np.generic) else "array"
        return {
            kind: [array.dtype.str, list(array.shape), len(self.blobs) - 1, array.flags.writeable]
        }


class Decoder:
    """Turns what `Encoder` made back into values; any doubt is a `BreachError`.

    Args:
        blobs: the arrays' bytes.
        function: makes a callable of the number of a function that is lent.
    """

    def __init__(self, blobs: Sequence[bytes], function: Callable[[int], Function]) -> None:
        self.blobs = blobs
        self.function = function

    def decode(self, value: Any, depth: int = 0) -> Any:
        """The value of a piece of JSON."""
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if not isinstance(value, dict) or len(value) != 1 or depth > MAX_DEPTH:
            raise BreachError("a value that is none of the protocol's")
        ((kind, content),) = value.items()
        match kind, content:
            case "tuple" | "list", list():
                items = [self.decode(item, depth + 1) for item in content]
                return items if kind == "list" else tuple(items)
            case "array" | "scalar", [str(dtype), list(shape), int(blob), bool(writeable)]:
                array = self._array(dtype, shape, blob)
                array.flags.writeable = writeable
                return array if kind == "array" else array[()]
            case "complex", [int() | float() as real, int() | float() as imaginary]:
                return complex(real, imaginary)
            case "generator", [int(state), int(increment)]:
                return _generator(state, increment)
            case "function", int():
                return self.function(content)
            case "opaque", str():
                return Opaque(plain(content))
        raise BreachError("a value that is none of the protocol's")

    def _array(self, dtype: str, shape: list[Any], blob: int) -> np.ndarray:
        if dtype not in DTYPES or not 0 <= blob < len(self.blobs) or len(shape) > 8:
            raise BreachError("an array of another kind")
        if not all(type(size) is int and 0 <= size <= MAX_ARRAY_BYTES for size in shape):
            raise BreachError("an array of impossible shape")
        try:
            return np.frombuffer(self.blobs[blob], dtype).reshape(shape).copy()
        except ValueError as error:
            raise BreachError("an array whose bytes do not fit its shape") from error


def plain(text: object) -> str:
    """A student's text on one line and cut: it can imitate no line of the judge's."""
    words = str(text)[:MAX_TEXT]
    return "".join(letter if letter.isprintable() else " " for letter in words)


# Random numbers: a Generator travels as its state and comes back advanced

_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645  # of PCG64's 128-bit linear congruence
_WORD = (1 << 128) - 1
MAX_DRAWS = 1 << 24


def _state(rng: np.random.Generator) -> list[int]:
    state = rng.bit_generator.state
    if state["bit_generator"] != "PCG64":
        raise ValueError("only generators of np.random.default_rng cross to the worker")
    return [state["state"]["state"], state["state"]["inc"]]


def _generator(state: int, increment: int) -> np.random.Generator:
    if not 0 <= state <= _WORD or not 0 <= increment <= _WORD:
        raise BreachError("an impossible random state")
    bits = np.random.PCG64()
    words: Any = {"state": state, "inc": increment}
    bits.state = {"bit_generator": "PCG64", "state": words, "has_uint32": 0, "uinteger": 0}
    return np.random.Generator(bits)


def advance(rng: np.random.Generator, after: np.random.Generator) -> None:
    """Move `rng` on to where `after` is, if that is at most `MAX_DRAWS` draws away.

    So a worker may consume random numbers, but never choose those that the judge draws next. The
    distance is found bit by bit (Brown, Random Number Generation with Arbitrary Strides, 1994).
    """
    (here, increment), (there, other) = _state(rng), _state(after)
    multiplier, bit, draws, step = _MULTIPLIER, 1, 0, increment
    while here != there and bit < MAX_DRAWS and increment == other:
        if (here ^ there) & bit:
            here = (here * multiplier + step) & _WORD
            draws |= bit
        step = (multiplier + 1) * step & _WORD
        multiplier = multiplier * multiplier & _WORD
        bit <<= 1
    if here != there:
        raise BreachError("a random generator that no draws lead to")
    rng.bit_generator.advance(draws)  # type: ignore[attr-defined]


# Frames and calls ------------------------------


class Channel:
    """Whole messages over a socket; `deadline` (of `time.monotonic`) holds for all of them."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.deadline: float | None = None

    def send(self, message: Message, blobs: Sequence[bytes] = ()) -> None:
        """Send one message with its arrays."""
        header = json.dumps(message | {"blobs": [len(blob) for blob in blobs]}).encode()
        try:
            self._limit()
            self.stream.sendall(FRAME.pack(len(header), sum(map(len, blobs))) + header)
            for blob in blobs:
                self._limit()
                self.stream.sendall(blob)
        except OSError as error:
            raise BreachError(_reason(error)) from error

    def receive(self) -> tuple[Message, list[bytes]]:
        """The next message with its arrays."""
        header_size, blobs_size = FRAME.unpack(self._read(FRAME.size))
        if header_size > MAX_HEADER or blobs_size > MAX_ARRAY_BYTES:
            raise BreachError("sent more than is allowed")
        header, body = self._read(header_size), self._read(blobs_size)
        try:
            message = json.loads(header)
            sizes = message.pop("blobs")
        except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
            raise BreachError("sent what is no message") from error
        return message, _cut(body, sizes)

    def _read(self, size: int) -> bytearray:
        data, have = bytearray(size), 0
        view = memoryview(data)
        while have < size:
            try:
                self._limit()
                got = self.stream.recv_into(view[have:])
            except OSError as error:
                raise BreachError(_reason(error)) from error
            if not got:
                raise BreachError("ended")
            have += got
        return data

    def _limit(self) -> None:
        # One deadline for the whole of a cell: a slow drip of bytes does not stretch it.
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise BreachError("took too long")
            self.stream.settimeout(left)


def _reason(error: OSError) -> str:
    return "took too long" if isinstance(error, TimeoutError) else "ended"


def _cut(body: bytearray, sizes: Any) -> list[bytes]:
    fits = isinstance(sizes, list) and len(sizes) <= MAX_ARRAYS
    if not fits or not all(type(size) is int and size >= 0 for size in sizes):
        raise BreachError("sent what is no message")
    if sum(sizes) != len(body):
        raise BreachError("sent arrays of the wrong size")
    blobs, start = [], 0
    for size in sizes:
        blobs.append(bytes(body[start : start + size]))
        start += size
    return blobs


class Peer:
    """One end of the conversation: calls functions of the other end, and answers its calls.

    A call goes to a name that the other end offers, or to the number of a function that it has
    lent as an argument of a call that is still going on. The reply holds the value or the error,
    and every array, list and Generator among the arguments that the call has changed.

    Args:
        channel: leads to the other end.
        offer: the function of a name that the other end asks for; raises an error if there is none.
        locate: the student's line that an error passed through.
        run_cell: runs the source of a cell and sends the reply; None where no cells are run.
    """

    def __init__(
        self,
        channel: Channel,
        offer: Callable[[str], Function],
        locate: Callable[[BaseException], str] = lambda error: "",
        run_cell: Callable[[str], None] | None = None,
    ) -> None:
        self.channel = channel
        self._offer = offer
        self._locate = locate
        self._run_cell = run_cell
        self._lent: list[Function] = []
        self._depth = 0

    def call(self, target: str | int, arguments: tuple[Any, ...], **keywords: Any) -> Any:
        """Call a function of the other end; what it raises is raised here, see `rebuild`."""
        encoder = Encoder(self._lent)
        message = {
            "call": target,
            "arguments": encoder.encode(arguments),
            "keywords": {name: encoder.encode(value) for name, value in keywords.items()},
        }
        reply, blobs = self.ask(message, encoder.blobs)
        decoder = self._decoder(blobs)
        try:
            for index, value in reply["changed"]:
                _overwrite(arguments[index], decoder.decode(value))
            if reply["reply"] == "returned":
                return decoder.decode(reply["value"])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise BreachError("sent a reply that makes no sense") from error
        raise rebuild(reply)

    def ask(self, message: Message, blobs: Sequence[bytes] = ()) -> tuple[Message, list[bytes]]:
        """Send a request and wait for its reply, serving what is asked in between."""
        if self._depth >= MAX_DEPTH:
            raise RecursionError("calls between answer and test are nested too deeply")
        self._depth += 1
        try:
            self.channel.send(message, blobs)
            while True:
                reply, arrays = self.channel.receive()
                if "reply" in reply:
                    return reply, arrays
                self.serve(reply, arrays)
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._lent.clear()

    def serve(self, message: Message, blobs: list[bytes]) -> None:
        """Answer one request of the other end."""
        if self._run_cell is not None and "cell" in message:
            self._run_cell(message["cell"])
            return
        decoder, encoder = self._decoder(blobs), Encoder(self._lent)
        arguments = decoder.decode(message.get("arguments"))
        keywords = message.get("keywords")
        if not isinstance(arguments, tuple) or not isinstance(keywords, dict):
            raise BreachError("sent a call without arguments")
        named = {name: decoder.decode(value) for name, value in keywords.items()}
        before = [_snapshot(argument) for argument in arguments]
        try:
            result = self._find(message.get("call"))(*arguments, **named)
            reply: Message = {"reply": "returned", "value": encoder.encode(result)}
        except BreachError:
            raise
        except BaseException as error:  # sys.exit in an answer is an error like any other
            reply = describe(error, self._locate(error))
        reply["changed"] = [
            [index, encoder.encode(argument)]
            for index, argument in enumerate(arguments)
            if _snapshot(argument) != before[index]
        ]
        self.channel.send(reply, encoder.blobs)

    def _find(self, target: Any) -> Function:
        if isinstance(target, str):
            return self._offer(target)
        if type(target) is int and 0 <= target < len(self._lent):
            return self._lent[target]
        raise ValueError("this function was lent for a call that is over")

    def _decoder(self, blobs: list[bytes]) -> Decoder:
        def remote(number: int) -> Function:
            return lambda *arguments, **keywords: self.call(number, arguments, **keywords)

        return Decoder(blobs, remote)


def _snapshot(argument: Any) -> Any:
    """What tells whether an argument was modified."""
    if isinstance(argument, np.ndarray):
        return argument.shape, argument.tobytes()
    if isinstance(argument, np.random.Generator):
        return _state(argument)
    return list(argument) if isinstance(argument, list) else None


def _overwrite(argument: Any, changed: Any) -> None:
    """Do to an argument here what the call has done to it there."""
    match argument, changed:
        case np.ndarray(), np.ndarray() if (
            argument.shape == changed.shape
            and argument.dtype == changed.dtype
            and argument.flags.writeable
        ):
            argument[...] = changed
        case list(), list():
            argument[:] = changed
        case np.random.Generator(), np.random.Generator():
            advance(argument, changed)
        case _:
            raise BreachError("changed an argument that cannot be changed")


def describe(error: BaseException, line: str = "") -> Message:
    """An exception as a reply: the name of its type, its text and the student's line."""
    try:
        text = str(error)[:MAX_TEXT]
    except Exception:  # a student's own exception class may fail at this too
        text = ""
    return {"reply": "raised", "type": type(error).__name__[:100], "text": text, "line": line}


def rebuild(reply: Message) -> Exception:
    """The exception that a reply describes, of one of the types of `ERRORS`.

    The student's own line is in its attribute `student_line`.
    """
    kind, text, line = (plain(reply.get(key, "")) for key in ("type", "text", "line"))
    error = ERRORS[kind](text) if kind in ERRORS else StudentError(f"{kind}: {text}")
    error.student_line = line  # type: ignore[attr-defined]
    return error
