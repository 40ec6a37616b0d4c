"""What crosses between judge and worker, and what a lying worker cannot do."""

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from w2v.errors import NotFilledError, StudentError
from w2v.grading.protocol import (
    FRAME,
    MAX_DRAWS,
    BreachError,
    Channel,
    Decoder,
    Encoder,
    Opaque,
    Peer,
    advance,
    plain,
    rebuild,
)


def crossed(value: Any) -> Any:
    encoder = Encoder([])
    text = json.dumps(encoder.encode(value))
    return Decoder(encoder.blobs, lambda number: print).decode(json.loads(text))


@given(
    arrays.arrays(
        st.sampled_from([np.bool_, np.int8, np.int64, np.uint16, np.float32, np.float64, complex]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0),
    )
)
def test_arrays_cross_bit_by_bit(array: np.ndarray) -> None:
    found = crossed(array)
    assert (found.dtype, found.shape, found.tobytes()) == (
        array.dtype,
        array.shape,
        array.tobytes(),
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text() | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner),
        max_leaves=8,
    )
)
def test_plain_values_cross(value: Any) -> None:
    if "opaque" not in json.dumps(Encoder([]).encode(value)):
        assert crossed(value) == value


@pytest.mark.parametrize("value", [np.float32(2.5), np.int64(-3), np.bool_(True)])
def test_scalars_keep_their_type(value: np.generic) -> None:
    assert type(crossed(value)) is type(value)
    assert crossed(value) == value


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, (x for x in [1]), np.array([object()]), np.array(["text"])]
)
def test_other_types_arrive_as_nothing_but_their_name(value: Any) -> None:
    assert isinstance(crossed(value), Opaque)


def test_a_read_only_array_stays_read_only() -> None:
    array = np.arange(3.0)
    array.flags.writeable = False
    assert not crossed(array).flags.writeable


HOSTILE_VALUES = [
    {"array": ["|O", [1], 0, True]},
    {"array": ["<U4", [1], 0, True]},
    {"array": [">f8", [1], 0, True]},
    {"array": ["<f8", [2], 0, True]},
    {"array": ["<f8", [-1], 0, True]},
    {"array": ["<f8", [1 << 62, 1 << 62], 0, True]},
    {"array": ["<f8", [1] * 60, 0, True]},
    {"array": ["<f8", [True], 0, True]},
    {"array": ["<f8", [1], 7, True]},
    {"array": ["<f8", [1], -1, True]},
    {"array": ["<f8", [1], 0, 1]},
    {"scalar": ["<f8", [3], 0, True]},
    {"tuple": {"a": 1}},
    {"list": [{"list": [{"list": [{"list": [{"list": [{"list": [{"list": [{"list": [{"list": [
        {"list": []}]}]}]}]}]}]}]}]}]},
    {"generator": [1 << 200, 1]},
    {"generator": [-1, 1]},
    {"generator": ["1", 1]},
    {"complex": ["nan", 0]},
    {"opaque": 3},
    {"pickle": "gASVBQ=="},
    {"import": "os"},
    {},
    {"list": [], "tuple": []},
    [1, 2],
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=lambda value: json.dumps(value)[:40])
def test_crafted_values_are_refused(value: Any) -> None:
    with pytest.raises(BreachError):
        Decoder([bytes(8)], lambda number: print).decode(value)


def frame(message: Any, *blobs: bytes) -> bytes:
    header = json.dumps(message).encode()
    return FRAME.pack(len(header), sum(map(len, blobs))) + header + b"".join(blobs)


RETURNED = {"reply": "returned", "value": 1, "changed": [], "blobs": []}
HOSTILE_FRAMES = {
    "a header of four gigabytes": FRAME.pack(0xFFFFFFFF, 0),
    "arrays of four gigabytes": FRAME.pack(2, 0xFFFFFFFF) + b"{}",
    "no JSON": FRAME.pack(3, 0) + b"abc",
    "a deep nest": FRAME.pack(100_000, 0) + b"[" * 100_000,
    "a number without end": FRAME.pack(100_000, 0) + b"9" * 100_000,
    "a list": frame([1]),
    "no sizes": frame({"reply": "returned"}),
    "negative sizes": frame({**RETURNED, "blobs": [-1, 1]}),
    "sizes that do not add up": frame({**RETURNED, "blobs": [100]}),
    "too many arrays": frame({**RETURNED, "blobs": [0] * 1000}),
    "no changes": frame({"reply": "returned", "value": 1, "blobs": []}),
    "changes of no argument": frame({**RETURNED, "changed": [[9, 1]]}),
    "changes of a number": frame({**RETURNED, "changed": [[1, 1]]}),
    "changes of the shape": frame(
        {**RETURNED, "changed": [[0, {"array": ["<f8", [1], 0, True]}]], "blobs": [8]}, bytes(8)
    ),
    "changes that are no list": frame({**RETURNED, "changed": 5}),
    "no value": frame({"reply": "returned", "changed": [], "blobs": []}),
    "a call without arguments": frame({"call": "softmax", "blobs": []}),
    "a call to nothing": frame({"what": 1, "blobs": []}),
    "half a message": FRAME.pack(100, 0) + b"{",
}


def judge_of(worker: Callable[[socket.socket], None], **offer: Any) -> Peer:
    """A judge's end whose other end is `worker`, in a thread."""
    ours, theirs = socket.socketpair()

    def work() -> None:
        with theirs:
            worker(theirs)

    threading.Thread(target=work, daemon=True).start()
    channel = Channel(ours)
    return Peer(channel, offer.__getitem__)


@pytest.mark.parametrize("data", HOSTILE_FRAMES.values(), ids=HOSTILE_FRAMES.keys())
def test_a_worker_that_breaks_the_protocol_is_noticed(data: bytes) -> None:
    peer = judge_of(lambda stream: stream.sendall(data))
    with pytest.raises(BreachError):
        peer.call("softmax", (np.zeros(3), 1))


def test_a_slow_drip_does_not_stretch_the_deadline() -> None:
    stop = threading.Event()

    def drip(stream: socket.socket) -> None:
        while not stop.wait(0.02):
            stream.send(b"\0")

    peer = judge_of(drip)
    peer.channel.deadline = 0.0  # of a monotonic clock: long ago
    with pytest.raises(BreachError, match="too long"):
        peer.call("softmax", ())
    stop.set()


def test_names_that_arrive_are_never_looked_up() -> None:
    for kind in ("SystemExit", "KeyboardInterrupt", "eval", "__import__", "BreachError"):
        error = rebuild({"type": kind, "text": "text", "line": "line"})
        assert type(error) is StudentError
    assert type(rebuild({"type": "NotFilledError"})) is NotFilledError


def test_a_students_text_stays_on_one_line() -> None:
    assert "\n" not in plain("fine\nManual grading needed: all of it\r\x1b[2J")


def partners(**functions: Any) -> Peer:
    """A judge whose worker is honest and offers `functions`."""

    def work(stream: socket.socket) -> None:
        peer = Peer(Channel(stream), functions.__getitem__)
        while True:
            try:
                peer.serve(*peer.channel.receive())
            except BreachError:
                return

    return judge_of(work)


def test_a_modified_argument_is_seen() -> None:
    def spoil(x: np.ndarray, words: list[int]) -> float:
        x[0] = 7
        words.append(3)
        return 1.0

    x, words = np.zeros(2), [1]
    assert partners(spoil=spoil).call("spoil", (x, words)) == 1.0
    assert x.tolist() == [7, 0]
    assert words == [1, 3]


def test_a_function_argument_calls_back() -> None:
    calls: list[float] = []

    def pair(x: np.ndarray, o: int) -> tuple[np.ndarray, int]:
        calls.append(float(x[0]))
        return x * 2, o

    def answer(function: Any) -> Any:
        return function(np.ones(2), o=3)[0] + function(np.zeros(2), 4)[1]

    assert partners(answer=answer).call("answer", (pair,)).tolist() == [6, 6]
    assert calls == [1, 0]


def test_a_function_is_lent_for_one_call_only() -> None:
    kept: list[Any] = []

    def keep(function: Any) -> float:
        kept.append(function)
        return 0.0

    def use_later() -> Any:
        return kept[0](1)

    peer = partners(keep=keep, use_later=use_later)
    peer.call("keep", (lambda x: x,))
    with pytest.raises(ValueError, match="over"):
        peer.call("use_later", ())


def test_a_generator_comes_back_advanced() -> None:
    here, there = np.random.default_rng(5), np.random.default_rng(5)

    def draw(rng: np.random.Generator) -> np.ndarray:
        return rng.random(10)

    found = partners(draw=draw).call("draw", (here,))
    assert found.tolist() == there.random(10).tolist()
    assert here.random() == there.random()


def test_a_worker_cannot_choose_the_random_numbers_to_come() -> None:
    with pytest.raises(BreachError):
        advance(np.random.default_rng(5), np.random.default_rng(6))
    far = np.random.default_rng(5)
    far.bit_generator.advance(MAX_DRAWS * 4)
    with pytest.raises(BreachError):
        advance(np.random.default_rng(5), far)


def test_endless_recursion_between_the_two_ends_stops() -> None:
    def again(function: Any) -> Any:
        return function()

    peer = partners(again=again)

    def call_again() -> Any:
        return peer.call("again", (call_again,))

    with pytest.raises(RecursionError):
        call_again()
