"""Every function that takes frames, with no rows in them: it returns what it returns otherwise, empty.

A county in which nobody is on a list, a department that sent a file of headings, a first period: none of them may fail. The
functions are not listed here: while a small county is run, every function of the two rooms that is handed a frame is written
down with what it was handed, and then called again with the rows taken away.
"""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from datetime import date
from functools import wraps

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

import assets
import expectations
from expectations.lists.view import View
from pipelines.cli.showing import generate_demo
from pipelines.resources.session import Session

pytestmark = pytest.mark.slow
PERIOD = "2026Q2"
ROOMS = (assets, expectations)
FRAMES = (pd.DataFrame, pd.Series, View)
PLAIN = (str, int, float, bool, bytes, date, type(None), np.generic, BaseModel)
HANDED = ("DataFrame", "Series", "View", "ChildFiles", "Stock", "Material", "Columns")
# What cannot be called without rows, and why it never is.
WITH_ROWS = {
    "assets.childfile.household.households": "it is handed the number of children beside the rows",
    "assets.childfile.build._present": "it is handed the number of children beside the rows",
    "assets.intake.table._sheet_rows": "it is told in which row the heading stands",
    "assets.intake.table.raw_rows": "a sheet without rows is told apart before",
    "assets.intake.tabulate._kinds": "it is told in which row the heading stands",
    "assets.intake.tabulate._with_rows": "it is told in which row the heading stands",
    "assets.reports.coverage._add": "a group that has a rate has one record at least",
    "assets.graph.county_places.places_of": "county_places has one row at least",
    "assets.intake.department._standardised": "county_places has one row at least",
    "assets.receiving.receive._together": "its columns are those of the widest file",
}
FEW = 8
LEAST = 150  # functions; fewer means that nothing was written down


def modules():
    for room in ROOMS:
        for info in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            yield importlib.import_module(info.name)


def holds_frame(value):
    if isinstance(value, FRAMES):
        return True
    if isinstance(value, Mapping):
        return any(holds_frame(item) for item in value.values())
    if isinstance(value, tuple | list):
        return any(holds_frame(item) for item in value[:3])
    return dataclasses.is_dataclass(value) and any(
        holds_frame(getattr(value, f.name)) for f in dataclasses.fields(value)
    )


def can_repeat(value):
    """Whether a value is nothing but data: no connection, no open book, no place on disk."""
    if isinstance(value, (*PLAIN, *FRAMES, np.ndarray)) or inspect.isroutine(value) or inspect.isclass(value):
        return True
    if isinstance(value, Mapping):
        return all(can_repeat(item) for item in value.values())
    if isinstance(value, tuple | list | set | frozenset):
        return all(can_repeat(item) for item in value)
    return dataclasses.is_dataclass(value) and all(
        can_repeat(getattr(value, f.name)) for f in dataclasses.fields(value)
    )


def lengths(value):
    """How many rows its frames have."""
    if isinstance(value, View):
        return {len(value.files.records), len(value.files.children)}
    if isinstance(value, pd.DataFrame | pd.Series):
        return {len(value)}
    items = (
        list(value.values()) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple | list) else []
    )
    if dataclasses.is_dataclass(value):
        items = [getattr(value, f.name) for f in dataclasses.fields(value)]
    return {size for item in items for size in lengths(item)}


def emptied(value, sizes):
    """The same without a row; arrays and lists as long as a frame lose theirs, too."""
    if isinstance(value, View):
        return View(emptied(value.files, sizes), value.profile, value.catalogue)
    if isinstance(value, pd.Series) and {"row", "sheet"} & set(value.index):
        return value  # one row, cell by cell
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.iloc[:0].copy()
    if isinstance(value, np.ndarray):
        return value[:0] if value.ndim and len(value) in sizes else value
    if isinstance(value, tuple | list) and len(value) in sizes and not holds_frame(value):
        return value[:0]
    if isinstance(value, tuple | list):
        parts = [emptied(item, sizes) for item in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, Mapping) and holds_frame(value):
        return {name: emptied(item, sizes) for name, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: emptied(getattr(value, f.name), sizes) for f in dataclasses.fields(value) if f.init}
        return dataclasses.replace(value, **changed)
    return value


def takes_frames(function):
    """Whether it is a function of the two rooms that is handed frames, by what it says of itself."""
    texts = map(str, inspect.get_annotations(function).values())
    return function.__module__.partition(".")[0] in ("assets", "expectations") and any(
        word in text for text in texts for word in HANDED
    )


class Notes:
    """What each function was handed and gave back, once, where there were rows; many if they ever were many."""

    def __init__(self):
        self.calls, self.full = {}, set()

    def listening(self, name, function):
        @wraps(function)
        def listens(*given, **named):
            if name in self.full:
                return function(*given, **named)
            values = [*given, *named.values()]
            wanted = any(map(holds_frame, values)) and all(map(can_repeat, values))
            kept = [item.copy() if isinstance(item, pd.DataFrame | pd.Series | np.ndarray) else item for item in given]
            result = function(*given, **named)
            most = max((size for value in values for size in lengths(value)), default=0)
            if wanted and most > (FEW if name in self.calls else 0):
                self.full |= {name} if most > FEW else set()
                columns = list(result.columns) if isinstance(result, pd.DataFrame) else None
                self.calls[name] = (function, kept, dict(named), columns)
            return result

        return listens


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    notes, patched = Notes(), []
    wrapped = {}
    every = list(modules())
    for module in every:
        for name, function in list(vars(module).items()):
            if inspect.isfunction(function) and takes_frames(function):
                key = f"{function.__module__}.{function.__qualname__}"
                wrapped.setdefault(key, notes.listening(key, function))
                patched.append((module, name, function))
                setattr(module, name, wrapped[key])
    lists = importlib.import_module("expectations.lists.findings").LISTS
    before = dict(lists)
    lists.update({code: notes.listening(f"LISTS.{code}", function) for code, function in before.items()})
    try:
        use(generate_demo(tmp_path_factory.mktemp("no-rows") / "county", 200, 3))
    finally:
        lists.update(before)
        for module, name, function in patched:
            setattr(module, name, function)
    return notes.calls


def use(root):
    """One of everything that reads frames: a run, the summary, the reports' figures, every feed."""
    from assets.feeds.delivering import DeliveryOrder, deliver
    from assets.feeds.feed import load_feeds
    from pipelines.cli.reports import ReportRequest, write_reports
    from pipelines.cli.running import RunRequest, run_and_print
    from pipelines.partitions import Period

    opened = Session.at(root)
    run_and_print(opened, RunRequest(PERIOD))
    write_reports(opened, ReportRequest(PERIOD, pdf=False))
    for feed in load_feeds().values():
        deliver(opened, feed, DeliveryOrder(Period.parse(PERIOD), "full", "王科长"))
    opened.engine.dispose()


def test_a_frame_without_rows_gives_a_frame_without_rows_and_no_fault(calls):
    assert len(calls) >= LEAST
    wrong = {}
    for name, (function, given, named, columns) in sorted(calls.items()):
        if name in WITH_ROWS:
            continue
        # A length of a few is as likely a pair or a triple as the number of rows.
        sizes = {size for value in [*given, *named.values()] for size in lengths(value)} - set(range(FEW + 1))
        try:
            empty = function(
                *(emptied(value, sizes) for value in given),
                **{key: emptied(value, sizes) for key, value in named.items()},
            )
        except Exception as fault:
            wrong[name] = f"{type(fault).__name__}: {fault}"
            continue
        if columns is not None and list(empty.columns) != columns:
            wrong[name] = f"{list(empty.columns)} instead of {columns}"
    assert wrong == {}
