"""Benchmarks as ratios: what is measured and what it is measured against run in turns, in one process, on one machine.

    make bench            all of them, as a table
    python -m evals.bench parsing --rounds 3 --json figures.json

Absolute figures say how fast a machine is; the ratio to the floor beside them says how fast the code is. A benchmark is a
function in a module here that gives its contenders, the floor first, and is named in `evals.bench.suite`.
"""
