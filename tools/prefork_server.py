"""The process that `tools.prefork` forks runs of behave from: run as a script, in the folder of the suite.

It says when it is ready. Then it reads a request a line, and answers with the process id of the run and, once it has
ended, its exit code.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys

IMPORTED = ("harness", "actors")


def serve() -> None:
    """Import the suite of the current folder; then fork a run for each request, until there are no more."""
    sys.path[0] = os.getcwd()  # noqa: PTH109 -- as `python -m behave` has it
    gc.disable()
    _import_all()
    gc.freeze()
    gc.enable()
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        run = os.fork()
        if not run:
            _become(request["log"])
            from behave.__main__ import main  # noqa: PLC0415 -- imported already, by the suite

            sys.argv = ["behave", *request["arguments"]]
            sys.exit(main())
        print(run, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]), flush=True)


def _import_all() -> None:
    """Import behave and all modules of the suite; what cannot be imported, the run will tell."""
    importlib.import_module("behave.__main__")
    for package in filter(os.path.isdir, IMPORTED):
        for module in pkgutil.walk_packages([package], f"{package}."):
            if not module.name.endswith("__main__"):
                with contextlib.suppress(Exception):
                    importlib.import_module(module.name)


def _become(log: str) -> None:
    """Be a process of one's own, which reads nothing and writes to `log`, and can be interrupted."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell ignores it
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)


if __name__ == "__main__":
    serve()
