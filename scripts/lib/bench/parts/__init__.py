"""What is measured, a part a file.

A part has `groups(bench, number)`, the trials of a round by their names, in groups of a figure next to its limit; and
`rows(figures)`, which of them stand in the table, and what is asked of them. The bounds are those of two cores that the
clients share.
"""

from parts import download, growth, idle, lists, memory, mixed, pairs, show, start, upload

ALL = {
    "show": show, "list": lists, "pairs": pairs, "upload": upload, "download": download, "mixed": mixed, "idle": idle,
    "start": start, "growth": growth, "memory": memory,
}
