"""The command, loaded once and forked for each call: a page with thirty commands does not load Polars thirty times.

Each call has a process of its own, as it was loaded and nothing more, with the caller's arguments, folder,
environment and streams. Polars may be forked while it has worked out nothing: only then has it started no threads.
"""

import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import infant_course

CALL = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(told).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(told)
    code = server.recv(1)
sys.exit(code[0] if code else "the command was killed")
"""


@contextmanager
def command(folder: Path) -> Iterator[None]:
    """Put an executable ``infant-course`` into a folder, which works as long as the context lasts."""
    with tempfile.TemporaryDirectory() as short:  # the address of a socket has at most some 100 letters
        address = str(Path(short) / "s")
        source = str(Path(infant_course.__file__).parents[1])
        server = subprocess.Popen(
            [sys.executable, __file__, address],
            env={**os.environ, "PYTHONPATH": source},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        try:
            assert server.stdout is not None and server.stdout.readline() == b"ready\n"
            path = folder / "infant-course"
            path.write_text(CALL.format(python=sys.executable, address=address))
            path.chmod(0o755)
            yield
        finally:
            server.terminate()
            server.communicate()


def serve(address: str) -> None:
    """Take calls until the process is ended."""
    import infant_course.cli

    for module in pkgutil.walk_packages(infant_course.__path__, "infant_course."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        running: set[int] = set()
        print("ready", flush=True)
        while True:
            call, _ = listener.accept()
            with call:
                running.add(process := os.fork())
                if process == 0:
                    listener.close()
                    answer(call)
            running -= {one for one in running if os.waitpid(one, os.WNOHANG)[0]}


def answer(call: socket.socket) -> None:
    """Run one call in this process, tell its exit code, and end."""
    size, streams, _, _ = socket.recv_fds(call, 4, 3)
    with call.makefile("rb") as rest:
        arguments, folder, environment = json.loads(rest.read(int.from_bytes(size, "big")))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    code = 1  # as Python ends after a traceback
    try:
        sys.argv[1:] = arguments
        code = infant_course.cli.main()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        call.sendall(bytes([code]))
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
