"""Runs a program that dies with its parent and, where asked, as a user who is not root.

    python -I -S become.py SIGNAL PARENT UID -- program …

Run as a file, alone, so that it costs some ten milliseconds and needs nothing on the path.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 28, 47, 2
KEEP_CAPS, NO_SETUID_FIXUP = 1 << 4, 1 << 2  # The second lets access(2), which initdb asks, see the capability.
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2

libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Ask the kernel for signal `number` when the parent ends. Lost at a change of user, so it comes after one."""
    libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def step_down(uid: int) -> None:
    """Become `uid`, who keeps the right to walk through directories closed to others (a home made by `mktemp -d`)."""
    kept = _first_permitted((CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE))
    if libc.prctl(PR_SET_SECUREBITS, KEEP_CAPS | NO_SETUID_FIXUP, 0, 0, 0) != 0:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    _keep_only(kept)


def _first_permitted(wanted: tuple[int, ...]) -> int | None:
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    if libc.capget(header, sets) != 0:
        return None
    return next((capability for capability in wanted if sets[1] >> capability & 1), None)


def _keep_only(capability: int | None) -> None:
    """Drop every other capability; this one is inherited by what is executed."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 0 if capability is None else 1 << capability
    if libc.capset(header, (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)) == 0 and capability is not None:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


if __name__ == "__main__":
    death, of_parent, user, _, *program = sys.argv[1:]
    if int(user):
        step_down(int(user))
    die_with_parent(int(of_parent), signal.Signals[death])
    os.execv(program[0], program)  # noqa: S606
