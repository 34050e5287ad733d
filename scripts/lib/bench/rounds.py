"""Trials in interleaved rounds, as many as are wanted or as fit into the time."""

import os
import time

from bench import note


def play(bench, parts, rounds, minutes, begun):
    """A dictionary of trials with their figures for each round.

    `parts` are modules by their names; their trials come in groups, and those of a group are a figure next to its
    limit.
    """
    for module in parts.values():
        # Everything is made and on the disk before anything is measured.
        module.groups(bench, 1)
    os.sync()
    results, longest = [], 0
    for number in range(1, rounds + 1):
        round_begun = time.monotonic()
        if results and round_begun - begun + longest > minutes * 60:
            note(f"the time is over after {len(results)} rounds")
            break
        results.append(play_one(bench, parts, number))
        longest = max(longest, time.monotonic() - round_begun)
    return results


def play_one(bench, parts, number):
    """Every trial once. Every other round goes through each group backwards: what a trial leaves behind, such as warm
    or scattered memory, is then not always the same one's luck."""
    figures = {}
    for part, module in parts.items():
        for group in module.groups(bench, number):
            for name in list(group) if number % 2 else reversed(group):
                note(f"round {number}: {name}")
                begun = time.monotonic()
                figures[name] = group[name]()
                figures[name]["part"] = part
                figures[name]["trial_seconds"] = time.monotonic() - begun
    return figures
