"""Measures how the cost of a check grows with the size of a template."""

import gc
import json
import time
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.templates import template
from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag.engine import check

SIZES: Final = (40, 400, 4_000, 40_000)
_RESOURCES_A_SIZE: Final = 40_000
"""Small templates are checked so often that each size takes about the same time."""


def per_resource(folder: Path) -> dict[int, float]:
    """Return the seconds of a check, reading included, by resource, for one template of each size."""
    took: dict[int, list[float]] = {size: [] for size in SIZES}
    gc.set_threshold(1_000_000, 20, 100)  # as the command does
    for size in SIZES:
        file = folder / f"{size}.template.json"
        file.write_text(json.dumps(template(size), indent=1))
        for _ in range(max(3, min(20, _RESOURCES_A_SIZE // size))):
            gc.collect()
            start = time.perf_counter()
            check(load_app([TemplateFile(file)]))
            took[size].append((time.perf_counter() - start) / size)
    return {size: median(each) for size, each in took.items()}
