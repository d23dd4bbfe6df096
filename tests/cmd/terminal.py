"""cmd.exe on a terminal: line editing, history, completion, Ctrl-C."""
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import tempfile
import termios
import time

LIMIT = 20


class Stopped(Exception):
    pass


class Terminal:
    """A program on a terminal of its own. It is told where its cursor is when it asks, as terminals do."""

    def __init__(self, command, folder, env):
        self.output = b""
        self.seen = 0
        self.process, self.fd = pty.fork()
        if not self.process:
            os.chdir(folder)
            os.execve(command[0], command, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 80, 0, 0))

    def wait_for(self, text):
        """Whether the text comes, behind what was waited for before."""
        end = time.time() + LIMIT
        text = text.encode()
        while True:
            at = self.output.find(text, self.seen)
            if at >= 0:
                self.seen = at + len(text)
                return True
            if not select.select([self.fd], [], [], 1)[0]:
                if time.time() > end:
                    return False
                continue
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return False
            for _ in range(data.count(b"\x1b[6n")):
                os.write(self.fd, b"\x1b[1;1R")
            self.output += data

    def send(self, keys):
        """Types, once the program reads keys: what is typed before that is the terminal's own to edit."""
        end = time.time() + 1 # a program that reads lines never asks for keys
        while termios.tcgetattr(self.fd)[3] & termios.ICANON and time.time() < end:
            time.sleep(0.01)
        os.write(self.fd, keys.encode())

    def end(self):
        os.close(self.fd)
        for _ in range(100):
            if os.waitpid(self.process, os.WNOHANG)[0]:
                return
            time.sleep(0.02)
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def run(ferry, env):
    """[(what, worked)]"""
    folder = os.path.realpath(tempfile.mkdtemp(prefix="ferry-cmd-"))
    results = []
    with open(os.path.join(folder, "alpha one.txt"), "w") as file:
        file.write("content of alpha\n")
    with open(os.path.join(folder, "loop.cmd"), "w") as file:
        file.write("@echo off\r\n:again\r\necho going on\r\npause\r\ngoto again\r\n")
    terminal = Terminal([ferry, "cmd", "/d", "/k", "prompt $G$G"], folder, env)

    def step(what, keys, expected):
        terminal.send(keys)
        results.append((what, terminal.wait_for(expected)))
        if not results[-1][1]: # what follows would wait in vain
            raise Stopped(repr(terminal.output[terminal.seen:][-300:]))

    try:
        results.append(("prompt", terminal.wait_for(">>")))
        step("a command runs", "echo one%CMDEXTVERSION%\r", "one2\r")
        terminal.wait_for(">>")
        step("cursor keys and insertion", "echo wrd\x1b[D\x1b[Do-\x1b[Fs\r", "\nwo-rds\r")
        terminal.wait_for(">>")
        step("backspace and delete", "echo abxcd\x1b[D\x1b[D\x7f\x1b[3~\x7fB\r", "\naBd\r")
        terminal.wait_for(">>")
        step("the line before", "\x1b[A\r", "\naBd\r")
        terminal.wait_for(">>")
        step("an older line", "\x1b[A\x1b[A\x1b[A\x1b[B\r", "\nwo-rds\r")
        terminal.wait_for(">>")
        step("a name is completed", "type alp\t\r", "\ncontent of alpha\r")
        terminal.wait_for(">>")
        step("Esc clears the line", "nonsense\x1b", "   ")
        step("after Esc", "echo clear%CMDEXTVERSION%\r", "\nclear2\r")
        terminal.wait_for(">>")
        step("Ctrl-C drops the line", "echo dropped\x03", "^C")
        terminal.wait_for(">>")
        step("after Ctrl-C", "echo kept%CMDEXTVERSION%\r", "\nkept2\r")
        terminal.wait_for(">>")
        step("F8 finds a line", "echo kept\x1b[19~\r", "\nkept2\r")
        terminal.wait_for(">>")
        step("set /p reads a line", "set /p v=Name? \r", "Name? ")
        step("its answer", "Fer\x7f\x7f\x7fxyz\r", ">>")
        step("the variable", "echo [%v%]\r", "\n[xyz]\r")
        terminal.wait_for(">>")
        step("a batch file runs", "loop\r", "Press any key to continue . . . ")
        step("a key ends PAUSE", " ", "Press any key to continue . . . ")
        step("Ctrl-C in a batch file", "\x03", "Terminate batch job (Y/N)? ")
        step("no", "n\r", "Press any key to continue . . . ")
        step("Ctrl-C again", "\x03", "Terminate batch job (Y/N)? ")
        step("yes", "y\r", ">>")
        step("exit", "exit\r", "\r\n")
    except Stopped as where:
        results[-1] = (results[-1][0] + "; got " + str(where), False)
    finally:
        terminal.end()
        shutil.rmtree(folder, ignore_errors=True)
    return results
