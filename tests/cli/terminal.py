"""Tests of the console on a real terminal: a pseudo-terminal for input, tmux as the screen.

Each test takes the Ferry object and the check function of run.py.
"""
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import termios
import time

LIMIT = 20


class Terminal:
    """A program on a pseudo-terminal, which answers the question for the cursor as terminals do."""

    def __init__(self, ferry, *arguments):
        self.report = os.path.join(ferry.folder, "report")
        if os.path.exists(self.report):
            os.unlink(self.report)
        program = os.path.join(os.path.dirname(ferry.tool), "terminal.exe")
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(ferry.folder)
            os.execve(ferry.command, [ferry.command, program] + list(arguments) + ["report"], ferry.env)
        self.resize(80, 25)
        self.output = b""

    def resize(self, columns, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def pump(self, seconds):
        end = time.time() + seconds
        while time.time() < end:
            if select.select([self.fd], [], [], 0.02)[0]:
                try:
                    data = os.read(self.fd, 4096)
                except OSError:
                    return
                self.output += data
                for _ in range(data.count(b"\033[6n")):
                    os.write(self.fd, b"\033[1;1R")

    def text(self):
        return open(self.report).read() if os.path.exists(self.report) else ""

    def wait_for(self, text):
        """True once the report has it."""
        end = time.time() + LIMIT
        while text not in self.text() and time.time() < end:
            self.pump(0.05)
        return text in self.text()

    def send(self, data):
        os.write(self.fd, data)

    def close(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
        except OSError:
            pass
        os.close(self.fd)
        return os.waitpid(self.pid, 0)[1]


def keys(terminal, check, data, *expected):
    """Sends `data`; the report gets these lines next, in this order."""
    at = len(terminal.text())
    terminal.send(data)
    for line in expected:
        check(terminal.wait_for(line), "%r: expected %r, got %r" % (data, line, terminal.text()[at:]))


def test_records(ferry, check):
    terminal = Terminal(ferry, "records")
    check(terminal.wait_for("ready"), "terminal program starts: %r" % terminal.output)
    terminal.pump(0.2)
    keys(terminal, check, b"a", "down 61 vk 41 scan 1e state 0\n", "up 61 vk 41 scan 1e state 0\n")
    keys(terminal, check, b"A", "down 41 vk 41 scan 1e state 10\n")
    keys(terminal, check, b"\r", "down d vk d scan 1c state 0\n")
    keys(terminal, check, b"\x7f", "down 8 vk 8 scan e state 0\n")
    keys(terminal, check, b"\t", "down 9 vk 9 scan f state 0\n")
    keys(terminal, check, b"\x01", "down 1 vk 41 scan 1e state 8\n")
    keys(terminal, check, b"\033[A", "down 0 vk 26 scan 48 state 100\n")
    keys(terminal, check, b"\033OB", "down 0 vk 28 scan 50 state 100\n")
    keys(terminal, check, b"\033[1;5C", "down 0 vk 27 scan 4d state 108\n")
    keys(terminal, check, b"\033[3~", "down 0 vk 2e scan 53 state 100\n")
    keys(terminal, check, b"\033[15~", "down 0 vk 74 scan 3f state 0\n")
    keys(terminal, check, b"\033x", "down 78 vk 58 scan 2d state 2\n")
    keys(terminal, check, b"\033", "down 1b vk 1b scan 1 state 0\n")
    keys(terminal, check, "\u00e9".encode(), "down e9 vk 0 scan 0 state 0\n")
    keys(terminal, check, "\U0001f600".encode(), "down d83d vk 0 scan 0 state 0\n", "down de00 vk 0 scan 0 state 0\n")
    keys(terminal, check, b"\033[<0;6;4M", "mouse 5,3 buttons 1 state 0 flags 0\n")
    keys(terminal, check, b"\033[<32;7;4M", "mouse 6,3 buttons 1 state 0 flags 1\n")
    keys(terminal, check, b"\033[<0;7;4m", "mouse 6,3 buttons 0 state 0 flags 0\n")
    keys(terminal, check, b"\033[<2;1;1M", "mouse 0,0 buttons 2 state 0 flags 0\n")
    keys(terminal, check, b"\033[<2;1;1m", "mouse 0,0 buttons 0 state 0 flags 0\n")
    keys(terminal, check, b"\033[<64;1;1M", "buttons 780000 state 0 flags 4\n")
    terminal.resize(100, 30)
    check(terminal.wait_for("size 100,30\n"), "a resize is an event: %r" % terminal.text()[-200:])
    keys(terminal, check, b"q", "down 71 ")
    check(b"\033[?1003h" in terminal.output or b"\033[?1002h" in terminal.output or b"\033[?1000h" in terminal.output,
          "ENABLE_MOUSE_INPUT asks the terminal for its mouse")
    terminal.pump(0.3)
    check(terminal.output.count(b"h") and b"\033[?1006l" in terminal.output, "and gives it back at the end: %r" % terminal.output[-80:])
    terminal.close()

    terminal = Terminal(ferry, "raw")
    check(terminal.wait_for("ready 8"), "without processed input")
    terminal.pump(0.2)
    keys(terminal, check, b"\x03", "down 3 vk 43 scan 2e state 8\n")
    keys(terminal, check, b"q", "down 71 ")
    terminal.close()

    terminal = Terminal(ferry, "sequences")
    check(terminal.wait_for("ready 200"), "ENABLE_VIRTUAL_TERMINAL_INPUT")
    terminal.pump(0.2)
    keys(terminal, check, b"\033[A", "down 1b ", "down 5b ", "down 41 ")
    keys(terminal, check, b"q", "down 71 ")
    terminal.close()


def test_lines(ferry, check):
    terminal = Terminal(ferry, "lines")
    check(terminal.wait_for("ready"), "line input")
    terminal.pump(0.2)
    keys(terminal, check, b"hi\r", "read 4: 68 69 d a\n")
    terminal.pump(0.2)
    check(b"hi\r\n" in terminal.output, "typed text is echoed: %r" % terminal.output)
    keys(terminal, check, b"x\x7fy\r", "read 3: 79 d a\n")
    keys(terminal, check, "\u20ac\r".encode(), "read 3: 20ac d a\n")
    keys(terminal, check, b"b" * 70 + b"\r", "read 63: 62", "read 9: 62")
    keys(terminal, check, b"\x1a\r", "end\n")
    terminal.close()

    terminal = Terminal(ferry, "lines")
    terminal.wait_for("ready")
    terminal.pump(0.2)
    terminal.send(b"\x03")
    end = time.time() + LIMIT
    done = 0
    while not done and time.time() < end:
        terminal.pump(0.05)
        done, status = os.waitpid(terminal.pid, os.WNOHANG)
    check(done and status != 0, "Ctrl-C ends a program that reads a line")
    os.close(terminal.fd)


def test_queue(ferry, check):
    terminal = Terminal(ferry, "queue")
    check(terminal.wait_for("flushed"), "queue: %r" % terminal.text())
    check(terminal.text() == "written 3 waiting 3 signalled 1\npeeked 3 first 78 third type 10\nread 2 left 1\n"
                             "flushed 0 peeked 0 signalled 0\n", "the input queue: %r" % terminal.text())
    terminal.close()


def test_screen(ferry, check):
    if not shutil.which("tmux"):
        return "tmux is not installed"
    socket = os.path.join(ferry.folder, "tmux")

    def tmux(*arguments):
        return subprocess.run(["tmux", "-S", socket, "-f", "/dev/null"] + list(arguments), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=LIMIT,
                              env=dict(ferry.env, LANG="C.UTF-8", TERM="xterm")).stdout.decode("utf-8", "replace")

    report = os.path.join(ferry.folder, "screen-report")
    program = os.path.join(os.path.dirname(ferry.tool), "terminal.exe")
    tmux("new-session", "-d", "-x", "80", "-y", "24", "-c", ferry.folder,
         "%s %s screen screen-report; sleep 60" % (ferry.command, program))
    end = time.time() + LIMIT
    while time.time() < end and not (os.path.exists(report) and "done" in open(report).read()):
        time.sleep(0.1)
    time.sleep(0.3)
    text = open(report).read() if os.path.exists(report) else ""
    rows = tmux("capture-pane", "-p").split("\n")
    colours = tmux("capture-pane", "-p", "-e").split("\n")
    title = tmux("display-message", "-p", "#{pane_title}").strip()
    tmux("kill-server")
    check(text == "size 80,24 cursor 0,2 attributes 7\ncursor 27,3\nwritten 10,5 13,6\nread back 46 attributes 1e\n"
                  "filled 10\ncharacters 4: 6f 72\noff screen 0\ndone\n", "what the program is told: %r" % text)
    rows += [""] * 24
    check(rows[0].rstrip() == "first" and rows[1].rstrip() == "second  line", "text: %r" % rows[:2])
    check(rows[3] == " " * 20 + "at 20,3", "at the cursor: %r" % rows[3])
    check(rows[5].rstrip() == " " * 10 + "ABCD" and rows[6].rstrip() == " " * 10 + "EFGH", "cells: %r" % rows[5:7])
    check(rows[8].startswith(".........."), "scrolled away, filled: %r" % rows[8])
    check(rows[10].rstrip() == " " * 30 + "##########", "scrolled here: %r" % rows[10])
    check(rows[12].rstrip() == "  over", "WriteConsoleOutputCharacter: %r" % rows[12])
    check(rows[14].rstrip() == "\u263a \u65e5\u672c caf\u00e9", "Unicode: %r" % rows[14])
    check(len(colours) > 3 and "\033[91mat 20,3" in colours[3], "bright red: %r" % colours[3:4])
    check(len(colours) > 5 and "44m" in colours[5] and "93" in colours[5], "yellow on blue: %r" % colours[5:6])
    check(title == "a title", "SetConsoleTitle: %r" % title)
    return None
