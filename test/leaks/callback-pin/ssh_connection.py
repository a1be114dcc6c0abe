"""Runs commands on test devices, each over a connection of its own. The connection registers its close method with
atexit and closes long before the exit, but stays registered, with the transcript of all its output.

rule: callback-pin
pythons: 3.6 3.9 3.13
source: https://github.com/ARM-software/devlib/issues/676 (atexit.register(self.close) leaks the connections)
names: SshConnection, close
"""
import atexit
import itertools
import sys

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"
DEVICE_NUMBERS = itertools.count(1)


class SshConnection:                            # <- here
    def __init__(self, host):
        self.host = host
        self.open = True
        self.transcript = []
        atexit.register(self.close)             # <- here

    def execute(self, command, device):
        output = ["cpu%d: %d kHz, device %d" % (cpu, 1400000 + device % 100 * 1000 + cpu, device) for cpu in range(8)]
        self.transcript.append((command, output))
        return len(output)

    def close(self):
        if self.open:
            self.open = False
            if not LEAKS:
                atexit.unregister(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()


def benchmark(device):
    with SshConnection("board-%03d.lab" % (device % 500)) as connection:
        lines = 0
        for governor in ("performance", "powersave", "schedutil"):
            connection.execute("echo %s > scaling_governor" % governor, device)
            lines += connection.execute("cat scaling_cur_freq", device)
        return lines


def run_lab(devices):
    return sum(benchmark(device) for device in itertools.islice(DEVICE_NUMBERS, devices))


for path in sys.argv[2:]:
    run_lab(400)
    ouroboros_capture.snapshot(path)
