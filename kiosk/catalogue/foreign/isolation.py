"""
Isolation of a process that reads foreign files: bounded, without network, and without the machine's own files.

Landlock (Linux 5.13 and newer) leaves it the interpreter's files, fonts and the one file to read; a filter of system
calls takes away sockets and other processes. Both need no rights. There is no kept library for either that a plain
Debian has for Python, so the few system calls are made here by number.
Sources: landlock(7), seccomp(2), Linux' include/uapi/linux/{landlock,seccomp,filter}.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

READ = 0b1101
"""Landlock's rights: execute (libraries are mapped so), read a file, read a folder."""
READ_FILE = 0b0100
HANDLED_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
"""Rights over files that each version of Landlock knows; newer ones know more, which this process has no use for."""
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_NO_NEW_PRIVS, _GET_SECCOMP, _SET_SECCOMP, _FILTER = 38, 21, 22, 2
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | 13
"""Deny with EACCES."""
ARCHITECTURES = {
    "x86_64": (0xC000003E, (41, 42, 49, 53, 62, 101, 200, 234, 310, 311, 424, 425, 438)),
    "aarch64": (0xC00000B7, (198, 199, 200, 203, 117, 129, 130, 131, 270, 271, 424, 425, 438)),
}
"""AUDIT_ARCH and the numbers of socket, connect, bind, socketpair, kill, ptrace, tkill, tgkill, process_vm_readv,
process_vm_writev, pidfd_send_signal, io_uring_setup, pidfd_getfd."""


_OTHER_NUMBERING = 0x40000000
"""From here on calls are counted again for a second binary interface of x86_64."""


@dataclass(frozen=True)
class Bounds:
    """What a process may use: address space, of which libraries reserve a part unused, and processor seconds."""

    memory_bytes: int
    cpu_s: int


class NotIsolated(Exception):
    """This machine cannot isolate a process; the text says what lacks."""


def bound(bounds: Bounds) -> None:
    """Limit this process: memory, processor time, file size, child processes."""
    for what, most in (
        (resource.RLIMIT_AS, bounds.memory_bytes),
        (resource.RLIMIT_CPU, bounds.cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def can_isolate() -> bool:
    """Return whether this machine's kernel has what `isolate` needs."""
    libc = ctypes.CDLL(None, use_errno=True)
    has_filter = libc.prctl(_GET_SECCOMP, 0, 0, 0, 0) >= 0 and platform.machine() in ARCHITECTURES
    return has_filter and libc.syscall(_CREATE, None, 0, 1) >= 1


def isolate(readable: Path, program: Path) -> None:
    """
    Leave this process one file, its own program and the system's read-only files, and no network.

    Raises:
        NotIsolated: The kernel has neither.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NotIsolated("no_new_privs")
    _restrict_files(libc, readable, program)
    _restrict_calls(libc)


def _restrict_files(libc: ctypes.CDLL, readable: Path, program: Path) -> None:
    abi = libc.syscall(_CREATE, None, 0, 1)
    if abi < 1:
        raise NotIsolated("landlock")
    attributes = struct.pack("=Q", HANDLED_BY_ABI.get(abi, HANDLED_BY_ABI[4]))
    rules = libc.syscall(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        raise NotIsolated("landlock")
    for folder in _system_folders(program):
        _allow(libc, rules, folder, READ)
    _allow(libc, rules, readable, READ_FILE)
    if libc.syscall(_RESTRICT, rules, 0):
        raise NotIsolated("landlock")
    os.close(rules)


def _system_folders(program: Path) -> Sequence[Path]:
    named = (
        "/usr",
        "/lib",
        "/lib64",
        "/etc/ld.so.cache",
        "/etc/fonts",
        "/dev/urandom",
        sys.prefix,
        sys.base_prefix,
    )
    return [each for each in (*map(Path, named), program) if each.exists()]


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    """Add a rule for everything beneath `path`; a file has no rights of folders."""
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allowed = rights if path.is_dir() else rights & ~0b1000
        if libc.syscall(_ADD, rules, 1, struct.pack("=Qi", allowed, opened), 0):
            raise NotIsolated("landlock")
    finally:
        os.close(opened)


def _restrict_calls(libc: ctypes.CDLL) -> None:
    if platform.machine() not in ARCHITECTURES:
        raise NotIsolated("seccomp")
    architecture, numbers = ARCHITECTURES[platform.machine()]
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, |JGE|K, BPF_RET|K
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, _DENY), (load, 0, 0, 0)]
    program.append((at_least, len(numbers) + 1, 0, _OTHER_NUMBERING))
    for at, number in enumerate(numbers):
        program.append((equal, len(numbers) - at, 0, number))
    program += [(answer, 0, 0, _ALLOW), (answer, 0, 0, _DENY)]
    packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    described = struct.pack("@HP", len(program), ctypes.addressof(packed))
    if libc.prctl(_SET_SECCOMP, _FILTER, described, 0, 0):
        raise NotIsolated("seccomp")
