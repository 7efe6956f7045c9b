"""What documents are about: technology and science fields, each node with its own mix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.world.draws import cumulated, drawn, generator
from hubscan.world.published import world_table
from hubscan.world.texts import distinct_texts, text_column

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.random import Generator
    from numpy.typing import NDArray


STREAM: Final = 21
"""Random stream of the nodes' mixes."""

SECOND: Final = 0.35
"""Part of the documents with a second field."""

_SYMBOL_PATTERNS: Final = ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 3), (0, 1, 2))
_SUBJECT_STEPS: Final = (0, 1, 2)


def field_mixes(clusters: pd.Series[str], *, seed: int) -> NDArray[np.float64]:
    """
    Return the technology fields of each node: around the world's, as published where known.

    Parameters
    ----------
    clusters
        Name of the cluster of each node; empty outside the clusters.
    seed
        Seed of the mixes.

    Returns
    -------
    mixes
        Array of shape (nodes, 35); rows add up to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> mixes = field_mixes(pd.Series(["Munich", ""]), seed=1)
    >>> mixes.shape, float(mixes[0, 31]), mixes.sum(axis=1).round(9).tolist()
    ((2, 35), 0.129, [1.0, 1.0])
    """
    share = world_table("symbols")["share"].to_numpy()
    chance = np.exp(0.6 * generator(seed, STREAM).standard_normal((len(clusters), 35)))
    mixes = share * chance
    mixes /= mixes.sum(axis=1, keepdims=True)
    for cluster, field, known in world_table("fields").to_numpy():
        rows = np.flatnonzero(clusters == cluster)
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
    >>> mixes = np.eye(35)[31:32]
    >>> symbols(mixes, np.array([0]), rng=np.random.default_rng(1)).to_pylist()[0][:4]
    'B60W'
    """
    listed = [str(text).split("; ") for text in world_table("symbols")["symbols"]]
    first = ["; ".join(own[i % len(own)] for i in p) for own in listed for p in _SYMBOL_PATTERNS]
    second = [own[0] for own in listed]
    texts = first + [f"{a}; {b}" for a in first for b in second]
    table = cumulated(mixes.ravel(), np.repeat(np.arange(len(mixes)), mixes.shape[1]))
    field = drawn(table, home, rng.random(len(home))) % mixes.shape[1]
    pattern = field * len(_SYMBOL_PATTERNS) + rng.integers(0, len(_SYMBOL_PATTERNS), len(home))
    other = drawn(table, home, rng.random(len(home))) % mixes.shape[1]
    joint = (rng.random(len(home)) < SECOND) & (other != field)
    code = np.where(joint, len(first) + pattern * len(second) + other, pattern)
    distinct, place = distinct_texts(texts)
    return text_column(place[code], distinct)


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
    table = world_table("subjects")
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
    distinct, place = distinct_texts(texts + soft_names)
    return text_column(place[code], distinct)
