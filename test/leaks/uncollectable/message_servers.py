"""Opens a small message server for each window of an editor and closes it with the window.
Window and server refer to each other and the server has __del__, which Python 2 cannot collect.

rule: uncollectable
pythons: 2.7
source: https://github.com/ilastik/ilastik/issues/1096 (MessageServer contains cycle and __del__)
names: MessageServer, Window
"""
import gc
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
gc.disable()  # collected between the sessions only


class MessageServer(object):
    def __init__(self, window, port):
        self.window = window
        self.port = port
        self.inbox = ["hello from port %d, message %d" % (port, number) for number in range(20)]
        self.running = True

    def deliver(self):
        for message in self.inbox:
            self.window.show(message)

    def stop(self):
        self.running = False

    def __del__(self):  # <- here
        self.stop()


class Window(object):
    def __init__(self, title, port):
        self.title = title
        self.lines = []
        self.server = MessageServer(self, port)  # <- here

    def show(self, message):
        self.lines.append("%s: %s" % (self.title, message))

    def close(self):
        self.server.stop()
        if not LEAKS:
            self.server = None


def edit(number):
    window = Window("project %d" % number, 9000 + number)
    window.server.deliver()
    window.close()
    return len(window.lines)


def session():
    for number in range(300):
        edit(number)
    gc.collect()


for path in sys.argv[2:]:
    session()
    ouroboros_capture.snapshot(path)
