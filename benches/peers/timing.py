"""Time and memory of whole processes."""

import os
import statistics
import subprocess
import time


def timed(command):
    """Seconds of a whole process, seconds of work on all cores, and peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status != 0:
        raise SystemExit(f"{command[0]} failed: {process.returncode}\n{error.decode(errors='replace')[-2000:]}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def in_turn(commands, runs):
    """Medians of these figures of each command; `runs` says how often each runs, in turn with the others."""
    measured = {name: [] for name in commands}
    for turn in range(max(runs.values())):
        for name, command in commands.items():
            if turn < runs[name]:
                measured[name].append(timed(command))
    return {name: tuple(statistics.median(values) for values in zip(*all)) for name, all in measured.items()}
