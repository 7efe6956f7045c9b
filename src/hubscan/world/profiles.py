"""What documents are about: technology and science fields, each node with its own mix."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from hubscan.world.draws import cumulated, drawn, generator

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from hubscan.world.model import World

STREAM: Final = 21
"""Random stream of the nodes' mixes."""

KNOWN: Final = {
    ("Shenzhen–Hong Kong–Guangzhou", 4): 0.261,
    ("San Jose–San Francisco", 6): 0.223,
    ("Munich", 32): 0.129,
}
"""Published shares of technology fields within clusters."""

SECOND: Final = 0.35
"""Part of the documents with a second field."""

_SYMBOL_PATTERNS: Final = ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 3), (0, 1, 2))
_SUBJECT_STEPS: Final = (0, 1, 2)


def _table(name: str) -> pd.DataFrame:
    """Return one of the lists of this package."""
    with (files("hubscan.world") / f"{name}.csv").open(encoding="utf-8") as stream:
        return pd.read_csv(stream)


def field_mixes(world: World) -> NDArray[np.float64]:
    """
    Return the technology fields of each node: around the world's, as published where known.

    Parameters
    ----------
    world
        The world.

    Returns
    -------
    mixes
        Array of shape (nodes, 35); rows add up to 1.

    Examples
    --------
    >>> from hubscan.world.model import world  # doctest: +SKIP
    """
    share = _table("symbols")["share"].to_numpy()
    chance = np.exp(0.6 * generator(world.seed, STREAM).standard_normal((len(world.nodes), 35)))
    mixes = share * chance
    mixes /= mixes.sum(axis=1, keepdims=True)
    for (cluster, field), known in KNOWN.items():
        rows = np.flatnonzero(world.nodes["cluster"] == cluster)
        mixes[rows, field - 1] = 0.0
        mixes[rows] *= ((1.0 - known) / mixes[rows].sum(axis=1))[:, None]
        mixes[rows, field - 1] = known
    return mixes


def symbols(
    mixes: NDArray[np.float64], home: NDArray[np.int64], *, rng: Generator
) -> pa.DictionaryArray:
    """
    Return the IPC symbols of patents, joined by semicolons.

    Parameters
    ----------
    mixes
        From :func:`field_mixes`.
    home
        Node of each document.
    rng
        Generator.

    Returns
    -------
    symbols
        Text, one for each document.

    Examples
    --------
    >>> mixes = np.zeros((1, 35))
    ... mixes[0, 31] = 1.0
    >>> symbols(mixes, np.array([0]), rng=np.random.default_rng(1)).to_pylist()[0][:4]
    'B60W'
    """
    listed = [str(text).split("; ") for text in _table("symbols")["symbols"]]
    first = ["; ".join(own[i % len(own)] for i in p) for own in listed for p in _SYMBOL_PATTERNS]
    second = [own[0] for own in listed]
    texts = first + [f"{a}; {b}" for a in first for b in second]
    table = cumulated(mixes.ravel(), np.repeat(np.arange(len(mixes)), mixes.shape[1]))
    field = drawn(table, home, rng.random(len(home))) % mixes.shape[1]
    pattern = field * len(_SYMBOL_PATTERNS) + rng.integers(0, len(_SYMBOL_PATTERNS), len(home))
    other = drawn(table, home, rng.random(len(home))) % mixes.shape[1]
    joint = (rng.random(len(home)) < SECOND) & (other != field)
    code = np.where(joint, len(first) + pattern * len(second) + other, pattern)
    return pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32)), pa.array(texts))


def subjects(
    home: NDArray[np.int64], social: NDArray[np.bool_], *, nodes: int, seed: int, rng: Generator
) -> pa.DictionaryArray:
    """
    Return the subject categories of publications, joined by semicolons.

    Parameters
    ----------
    home
        Node of each document.
    social
        Whether a document is of the social sciences alone.
    nodes
        Number of nodes.
    seed
        Seed of the nodes' mixes.
    rng
        Generator.

    Returns
    -------
    subjects
        Text, one for each document; a document that is not ``social`` has a category of science
        or technology.

    Examples
    --------
    >>> texts = subjects(
    ...     np.array([0, 0]), np.array([False, True]), nodes=1, seed=1, rng=np.random.default_rng(1)
    ... ).to_pylist()
    >>> "Sociology" in texts[0], len(texts)
    (False, 2)
    """
    table = _table("subjects")
    science = table[table["area"] == "science"]
    soft = table[table["area"] == "social"]
    names, soft_names = science["subject"].tolist(), soft["subject"].tolist()
    steps = len(_SUBJECT_STEPS) + 1
    texts = []
    for i, name in enumerate(names):
        near = [names[(i + step) % len(names)] for step in _SUBJECT_STEPS]
        texts += [name, *(f"{name}; {other}" for other in near[1:])]
        texts.append(f"{name}; {soft_names[i % len(soft_names)]}")
    chance = np.exp(0.5 * generator(seed, STREAM, 1).standard_normal((nodes, len(names))))
    mixes = science["weight"].to_numpy() * chance
    shares = cumulated(mixes.ravel(), np.repeat(np.arange(nodes), len(names)))
    main = drawn(shares, home, rng.random(len(home))) % len(names)
    step = np.searchsorted([0.5, 0.75, 0.95], rng.random(len(home)), side="right")
    weight = cumulated(soft["weight"], np.zeros(len(soft), np.int64))
    none = drawn(weight, np.zeros(len(home), np.int64), rng.random(len(home)))
    code = np.where(social, len(texts) + none, main * steps + step)
    return pa.DictionaryArray.from_arrays(
        pa.array(code.astype(np.int32)), pa.array(texts + soft_names)
    )
