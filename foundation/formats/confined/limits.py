"""What the reading process may do: compute for a while, with bounded memory and files. It starts nothing and reaches no network."""

from __future__ import annotations

import ctypes
import platform
import resource
import struct

CPU_SECONDS = 20
# Bytes of one file that it writes; a preview is far smaller.
WRITTEN = 16 * 1024 * 1024
OPEN_FILES = 64
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
# Of each machine: the mark that the kernel's filter sees, and the calls that are refused: socket, connect, execve, execveat, ptrace.
_MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117)),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
# On x86_64 the same calls have other numbers from here on.
_OTHER_NUMBERS = 0x40000000


def confine(megabytes: int) -> None:
    """Bound this process for good; `megabytes` of address space."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, megabytes * 1024 * 1024),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    _refuse_calls()


def _refuse_calls() -> None:
    """Have the kernel refuse the calls of _MACHINES (seccomp). Elsewhere, or on a kernel without it, the other bounds stand alone."""
    known = _MACHINES.get(platform.machine())
    if known is None:
        return
    mark, calls = known
    # Each line: what, how far to jump if so, if not, a value. Another machine's numbers, or a refused call: refused.
    lines = [(_LOAD, 0, 0, 4), (_EQUAL, 0, len(calls) + 3, mark), (_LOAD, 0, 0, 0), (_AT_LEAST, len(calls) + 1, 0, _OTHER_NUMBERS)]
    lines += [(_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    lines += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    program = b"".join(struct.pack("HBBI", *line) for line in lines)
    kept = ctypes.create_string_buffer(program)
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines), ctypes.addressof(kept)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(_SECCOMP, _FILTER, ctypes.byref(head), 0, 0)
