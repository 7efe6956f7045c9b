"""Trees of even depth for programs that know levels only, and back."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from hubscan.index.framework import Framework

_PASSED: Final = re.compile(r"(?P<child>.+)_L(?P<level>\d+)")


def level_table(tree: Framework) -> pd.DataFrame:
    """
    Return the nodes of a tree with levels: leaves 1, a parent one above its highest child.

    Where an edge skips levels, nodes are put in that hand the value of their only child on: for the
    node ``x`` they are called ``x_L2``, ``x_L3`` and carry its weight.

    Parameters
    ----------
    tree
        The framework.

    Returns
    -------
    nodes
        Columns ``code, level, parent, weight``, level 1 first, each level in the order of the tree.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"1": "T", "2": "T", "1.1": "1", "1.2": "1"})
    >>> level_table(tree)[["code", "level", "parent"]]
       code  level parent
    0   1.1      1      1
    1   1.2      1      1
    2     2      1   2_L2
    3     1      2      T
    4  2_L2      2      T
    5     T      3
    """
    levels = dict.fromkeys(tree.leaves, 1)
    for code in tree.inner:
        levels[code] = 1 + max(levels[child] for child in tree.children(code))
    rows = []
    for code in tree.codes:
        parent, weight = tree.parent(code), float(tree.weights[code])
        top = levels[parent] if parent else levels[code] + 1
        chain = [code, *(f"{code}_L{level}" for level in range(levels[code] + 1, top)), parent]
        for step, (node, above) in enumerate(pairwise(chain)):
            handed = weight if above == parent else 1.0
            rows.append((node, levels[code] + step, above, handed))
    table = pd.DataFrame(rows, columns=["code", "level", "parent", "weight"])
    return table.sort_values("level", kind="stable", ignore_index=True)


def without_passes(nodes: pd.DataFrame) -> pd.DataFrame:
    """
    Return nodes without those that :func:`level_table` put in.

    Parameters
    ----------
    nodes
        Columns ``code, parent, weight`` and any others.

    Returns
    -------
    nodes
        The remaining rows, parents and weights as they were before.

    Examples
    --------
    >>> nodes = pd.DataFrame({"code": ["2", "2_L2", "T"], "parent": ["2_L2", "T", ""],
    ...                       "weight": [1.0, 0.3, 1.0]})
    >>> without_passes(nodes).values.tolist()
    [['2', 'T', 0.3], ['T', '', 1.0]]
    """  # fmt: skip
    rows = nodes.set_index("code")
    children = rows.groupby("parent").groups
    for code in list(rows.index):
        match = _PASSED.fullmatch(str(code))
        below = list(children.get(code, []))
        if match is None or len(below) != 1 or not _passes(str(below[0]), match["child"]):
            continue
        rows.loc[below[0], ["parent", "weight"]] = rows.loc[code, ["parent", "weight"]].to_list()
        rows = rows.drop(index=code)
        children = rows.groupby("parent").groups
    return rows.rename_axis("code").reset_index()


def _passes(below: str, child: str) -> bool:
    """Return whether a node is the one handed on, or a node that hands it on itself."""
    match = _PASSED.fullmatch(below)
    return below == child or (match is not None and match["child"] == child)
