"""A process of its own that works out tasks: it reads them from its input and answers each, until the input ends.

The process that wants the work starts it (see `crew`). It is given no key and no seed, and opens no file. Both ends
are the same installation of this software, so what passes between them is pickled.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import Any, BinaryIO

import pyarrow as pa

from custodiet.errors import BadInput

#: What a sealer says first, once it is ready.
READY = b"custodiet sealer 1\n"
_NUMBER = 8


def send(stream: BinaryIO, value: object) -> None:
    """Write the value: how many parts, then each with its length before it; first the pickle, then Arrow's buffers as they are."""
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts: list[bytes | memoryview] = [data, *(each.raw() for each in buffers)]
    stream.write(len(parts).to_bytes(_NUMBER, "big"))
    for part in parts:
        stream.write(len(part).to_bytes(_NUMBER, "big"))
        stream.write(part)
    stream.flush()


def received(stream: BinaryIO) -> Any:
    """Return the next value; raises EOFError if the stream ends before it is whole."""
    data, *buffers = [_exactly(stream, _number(stream)) for _ in range(_number(stream))]
    return pickle.loads(data, buffers=buffers)  # noqa: S301 - from a process that this one started, or was started by


def main() -> None:
    """Work out what comes in, until nothing more does."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed by chance must not come between the answers
    pa.set_cpu_count(1)
    answers.write(READY)
    answers.flush()
    while True:
        try:
            task = received(sys.stdin.buffer)
        except EOFError:
            return
        send(answers, _answer(task))


def _number(stream: BinaryIO) -> int:
    return int.from_bytes(_exactly(stream, _NUMBER), "big")


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data


def _answer(task: Any) -> tuple[bool, object]:
    """Return True and the result, or False and the error: of one that is not foreseen, the kind alone, for its words may hold values."""
    try:
        return True, task.done()
    except BadInput as error:
        return False, error
    except (ValueError, pa.ArrowException) as error:
        return False, ValueError(type(error).__name__)
    except Exception as error:  # noqa: BLE001 - the other end raises it
        return False, RuntimeError(type(error).__name__)
