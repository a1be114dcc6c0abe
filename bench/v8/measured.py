"""Runs a command and prints what it cost as JSON: measured.py COMMAND ARGUMENTS...

Seconds on the clock and of CPU time (all its threads and children), bytes of memory at the peak (of the largest
process), its exit code, and the last line that it printed.
"""
import json
import resource
import subprocess
import sys
import time

start = time.time()
process = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
seconds = time.time() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
lines = process.stdout.decode("utf-8", "replace").strip().splitlines()
print(
    json.dumps(
        {
            "code": process.returncode,
            "seconds": seconds,
            "cpu": used.ru_utime + used.ru_stime,
            "peakBytes": used.ru_maxrss * 1024,
            "line": lines[-1] if lines else "",
            "errors": process.stderr.decode("utf-8", "replace")[-300:],
        }
    )
)
