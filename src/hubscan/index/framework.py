"""The framework of a composite index: a tree of nodes, held as a table, addressed by code."""

from __future__ import annotations

from functools import cached_property
from typing import IO, TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._faults import table_faults
from hubscan.index._framework_table import children_by_parent, depth_first, typed_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray


class Framework:
    """
    A rooted tree of nodes: indicators at the leaves, the index at the root.

    Branches may have any depth and different depths. Nothing depends on the order of the rows:
    nodes are held depth first, siblings by :func:`code_order`. A framework never changes; methods
    that change something return another one.

    Parameters
    ----------
    table
        One row per node, with columns (or index) ``code``, ``parent`` (empty at the root),
        ``weight`` (>= 0, relative to the siblings; free at the root). Optional: ``name``; of
        leaves ``direction`` (1 or -1; without the column all leaves count upwards), ``unit``,
        ``denominator``, ``transform``, ``lower``, ``upper``, ``target``, ``source``, ``period``,
        ``kind``, ``key``; of other nodes ``aggregation`` (overrides the method of the recipe) and
        ``min_coverage``. Other columns are left out.

    Raises
    ------
    FrameworkError
        Naming every fault of the table, one sentence each.

    Examples
    --------
    >>> tree = Framework(
    ...     pd.DataFrame(
    ...         {
    ...             "code": ["SET", "1", "2", "1.1", "1.2"],
    ...             "parent": ["", "SET", "SET", "1", "1"],
    ...             "weight": [1, 2, 3, 1, 1],
    ...         }
    ...     )
    ... )
    >>> tree.root, tree.leaves, tree.inner
    ('SET', ('1.1', '1.2', '2'), ('1', 'SET'))
    >>> tree.effective_weights.to_dict()
    {'SET': 1.0, '1': 0.4, '1.1': 0.2, '1.2': 0.2, '2': 0.6}
    """

    def __init__(self, table: pd.DataFrame) -> None:
        columns, unread = typed_columns(table)
        self._settle(columns, unread)

    def _settle(self, columns: pd.DataFrame, unread: list[str]) -> None:
        """Keep typed columns in order, or raise with their faults."""
        faults = [*unread, *table_faults(columns)]
        if faults:
            raise FrameworkError("framework: " + "; ".join(faults))
        self._children = children_by_parent(columns)
        order = depth_first(columns.index[columns["parent"] == ""][0], self._children)
        self._table = columns.loc[list(order)]

    @classmethod
    def _typed(cls, columns: pd.DataFrame) -> Self:
        """Return a framework of columns that already have their types."""
        self = cls.__new__(cls)
        self._settle(columns, [])
        return self

    @classmethod
    def from_csv(cls, source: str | Path | IO[str], *, weights: str) -> Self:
        r"""
        Return the framework written in a CSV file.

        Parameters
        ----------
        source
            Path or open file; UTF-8, header row, empty = not given.
        weights
            Column that holds the weights, so that one file can carry several sets.

        Returns
        -------
        framework
            See :class:`Framework`.

        Raises
        ------
        FrameworkError
            If that column is absent, or for the faults of the table.

        Examples
        --------
        >>> import io
        >>> text = "code,parent,printed,implied\nT,,,\na,T,.4,.35\nb,T,.6,.65"
        >>> Framework.from_csv(io.StringIO(text), weights="implied").weights.to_dict()
        {'T': 1.0, 'a': 0.35, 'b': 0.65}
        """
        table = pd.read_csv(source, dtype=str, keep_default_na=False)
        if weights not in table:
            message = f"framework: no column {weights!r} for the weights; found {list(table)}"
            raise FrameworkError(message)
        return cls(table.assign(weight=table[weights]))

    @classmethod
    def from_parents(
        cls, parents: Mapping[str, str], **columns: Mapping[str, float] | Mapping[str, str]
    ) -> Self:
        """
        Return the framework of a few edges: all weights 1, all leaves upwards, unless given.

        Parameters
        ----------
        parents
            Parent of every node but the root.
        columns
            Entries of other columns, by code.

        Returns
        -------
        framework
            See :class:`Framework`.

        Examples
        --------
        >>> tree = Framework.from_parents({"x": "T", "y": "T"}, direction={"y": -1})
        >>> tree.directions.to_dict()
        {'x': 1.0, 'y': -1.0}
        """
        edges = {root: "" for root in parents.values() if root not in parents} | dict(parents)
        leaves = set(edges) - set(edges.values())
        table = pd.DataFrame({"code": list(edges), "parent": list(edges.values())})
        entries: dict[str, dict[str, object]] = {name: {} for name in columns}
        entries["weight"] = dict.fromkeys(edges, 1.0)
        entries["direction"] = dict.fromkeys(leaves, 1.0)
        for name, defaults in entries.items():
            filled = defaults | dict(columns.get(name, {}))
            table[name] = pd.Series([filled.get(code) for code in edges], dtype=object)
        return cls(table)

    @property
    def table(self) -> pd.DataFrame:
        """A copy of the nodes, indexed by ``code``, depth first, with the columns `COLUMNS`."""
        return self._table.copy()

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """All codes, depth first: a parent before its children."""
        return tuple(self._table.index)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Codes of the indicators, in the order of :attr:`codes`."""
        return tuple(code for code in self.codes if code not in self._children)

    @cached_property
    def inner(self) -> tuple[str, ...]:
        """Codes of the nodes with children, bottom up: a node after all its descendants."""
        return tuple(code for code in reversed(self.codes) if code in self._children)

    @property
    def root(self) -> str:
        """Code of the index."""
        return self.codes[0]

    def children(self, code: str) -> tuple[str, ...]:
        """Return the children of a node, by code order; empty at a leaf."""
        self._known(code)
        return self._children.get(code, ())

    def parent(self, code: str) -> str:
        """Return the parent of a node; empty text at the root."""
        self._known(code)
        return str(self._table.at[code, "parent"])  # noqa: PD008 - one cell by code

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return the nodes above a node, from its parent to the root."""
        parent = self.parent(code)
        return (parent, *self.ancestors(parent)) if parent else ()

    def branch(self, code: str) -> tuple[str, ...]:
        """Return a node and all its descendants, depth first."""
        self._known(code)
        return tuple(depth_first(code, self._children))

    def branch_leaves(self, code: str) -> tuple[str, ...]:
        """Return the leaves below a node, or the leaf itself."""
        return tuple(node for node in self.branch(code) if node not in self._children)

    @cached_property
    def weights(self) -> pd.Series[float]:
        """Nominal weights as given, by code; 1 at the root unless given."""
        return self._table["weight"].rename("weight")

    @cached_property
    def shares(self) -> pd.Series[float]:
        """Weight of each node over the sum of its siblings' weights; 1 at the root."""
        shares = self.weights / self.weights.groupby(self._table["parent"]).transform("sum")
        shares[self.root] = 1.0
        return shares.rename("share")

    @cached_property
    def effective_weights(self) -> pd.Series[float]:
        """Product of the shares up to the root; those of the leaves sum to 1."""
        effective: dict[str, float] = {}
        for code in self.codes:
            effective[code] = float(self.shares[code]) * effective.get(self.parent(code), 1.0)
        return pd.Series(effective, name="effective_weight", index=self._table.index)

    @cached_property
    def directions(self) -> pd.Series[float]:
        """1 or -1 of each leaf."""
        return self._table.loc[list(self.leaves), "direction"]

    def texts(self, column: str, codes: Iterable[str]) -> list[str]:
        """Return one text column for the given codes, which may repeat."""
        return [str(entry) for entry in self._entries(column, codes)]

    def numbers(self, column: str, codes: Iterable[str]) -> NDArray[np.float64]:
        """Return one number column for the given codes, which may repeat."""
        return np.array(self._entries(column, codes), dtype=float)

    def _entries(self, column: str, codes: Iterable[str]) -> list[object]:
        entries = self._table[column].to_dict()
        try:
            return [entries[code] for code in codes]
        except KeyError as error:
            message = f"framework: {error.args[0]!r} is not one of its codes"
            raise FrameworkError(message) from None

    def with_weights(self, weights: Mapping[str, float] | pd.Series[float]) -> Framework:
        """Return the framework with other nominal weights for the given codes."""
        nominal = self._table["weight"].to_dict()
        for code, weight in weights.items():
            self._known(str(code))
            nominal[code] = float(weight)
        return Framework._typed(self._table.assign(weight=pd.Series(nominal)))

    def with_column(self, name: str, values: Mapping[str, object] | pd.Series) -> Framework:
        """Return the framework with other entries of one column for the given codes."""
        table = self.table
        column = table[name].to_dict()
        for code, value in values.items():
            self._known(str(code))
            column[code] = value
        return Framework(table.assign(**{name: pd.Series(column, dtype=object)}))

    def without(self, codes: Iterable[str]) -> Framework:
        """Return the framework without these nodes, what is below them, and parents left empty."""
        gone = {node for code in codes for node in self.branch(code)}
        for node in self.inner:
            if all(child in gone for child in self._children[node]):
                gone.add(node)
        return Framework._typed(self._table[~self._table.index.isin(gone)])

    def _known(self, code: str) -> None:
        if code not in self._table.index:
            message = f"framework: {code!r} is not one of its codes"
            raise FrameworkError(message)

    def __eq__(self, other: object) -> bool:
        """Return whether every node of both frameworks is the same."""
        return isinstance(other, Framework) and self._table.equals(other._table)

    def __hash__(self) -> int:
        """Return a hash over codes and weights."""
        return hash((self.codes, tuple(self.weights)))

    def __repr__(self) -> str:
        """Return a one-line description."""
        return f"Framework({self.root!r}, {len(self.codes)} nodes, {len(self.leaves)} leaves)"


def framework_faults(table: pd.DataFrame) -> list[str]:
    """
    Return what is wrong with a framework table, one sentence per fault; empty if nothing is.

    Parameters
    ----------
    table
        As :class:`Framework` takes it.

    Returns
    -------
    faults
        Sentences, in a fixed order of checks.

    Examples
    --------
    >>> table = {"code": ["T", "a", "b"], "parent": ["", "T", "c"], "weight": [1, -1, 1]}
    >>> for fault in framework_faults(pd.DataFrame(table)):
    ...     print(fault)
    parent 'c' of 'b' is not a code of the framework
    weight of 'a' is -1: weights must be >= 0
    """
    columns, unread = typed_columns(table)
    return [*unread, *table_faults(columns)]
