"""The table in short, to be pasted into a document."""

import statistics

from table import ratio_text, short


def render(about, rows):
    has_peer = any(row.peers for row in rows)
    head = ["what", "here", "beside it", "ratio", "bound"] + (["Glance", "× Glance"] if has_peer else [])
    lines = [f"{about['text']}", "", cells(head), cells(["---"] + ["--:"] * (len(head) - 1))]
    for row in rows:
        limit = f"{short(statistics.median(row.limits))} ({row.beside})" if row.limits else ""
        line = [row.name, f"{short(row.value)} {row.unit}", limit, ratio_text(row.ratio)]
        line.append(mark(row.bound_text(), row.is_met, row.verdict()))
        if has_peer:
            target = f" (≥ {row.target:g})" if row.target else ""
            line.append(short(statistics.median(row.peers)) if row.peers else "")
            line.append(mark(ratio_text(row.peer_ratio) + target, row.is_target_met, "MISSED"))
        lines.append(cells(line))
    return "\n".join([*lines, "", about["noise_text"], ""])


def mark(text, is_met, verdict):
    return f"{text} **{verdict}**" if is_met is False else text


def cells(texts):
    return "| " + " | ".join(texts) + " |"
