"""Factors of an uncertainty analysis: what is not certain, and how a point chooses among it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index.framework import Framework
    from hubscan.index.recipe import Step

    Array = NDArray[np.float64]
    Levels = NDArray[np.int64]


class Factor(Protocol):
    """What every factor tells: its code, its levels (0 = a law), and the coordinates it uses."""

    @property
    def code(self) -> str:
        """Name of the factor."""
        ...

    def size(self, framework: Framework) -> int:
        """Return the number of levels; 0 for a law without levels."""
        ...

    def dimensions(self, framework: Framework) -> int:
        """Return how many coordinates of a point the factor uses."""
        ...


@dataclass(frozen=True)
class StepLevels:
    """
    One step of the recipe in several variants.

    Parameters
    ----------
    code
        Name of the factor.
    levels
        Steps of one kind; each takes the place of the recipe's step of that kind.
    """

    code: str
    levels: tuple[Step, ...]

    def size(self, framework: Framework) -> int:
        """Return the number of variants."""
        del framework
        return len(self.levels)

    def dimensions(self, framework: Framework) -> int:
        """Return 1: a level is chosen by one coordinate."""
        del framework
        return 1


@dataclass(frozen=True)
class FrameworkLevels:
    """
    Several frameworks with the same leaves.

    Parameters
    ----------
    code
        Name of the factor.
    levels
        Frameworks; each takes the place of the model's.
    """

    code: str
    levels: tuple[Framework, ...]

    def size(self, framework: Framework) -> int:
        """Return the number of frameworks."""
        del framework
        return len(self.levels)

    def dimensions(self, framework: Framework) -> int:
        """Return 1: a level is chosen by one coordinate."""
        del framework
        return 1


@dataclass(frozen=True)
class LeafRemoval:
    """
    No leaf removed (the first level), or one of these.

    Parameters
    ----------
    code
        Name of the factor.
    leaves
        Leaves that may be removed; their siblings share the weight.
    """

    code: str
    leaves: tuple[str, ...]

    def size(self, framework: Framework) -> int:
        """Return the number of leaves, and one for none."""
        del framework
        return len(self.leaves) + 1

    def dimensions(self, framework: Framework) -> int:
        """Return 1: a level is chosen by one coordinate."""
        del framework
        return 1


@dataclass(frozen=True, eq=False)
class WeightSets:
    """
    One of several sets of nominal weights.

    Parameters
    ----------
    code
        Name of the factor.
    sets
        One row per code of the framework, one column per set; other codes keep their weight.
    """

    code: str
    sets: pd.DataFrame

    def size(self, framework: Framework) -> int:
        """Return the number of sets."""
        del framework
        return self.sets.shape[1]

    def dimensions(self, framework: Framework) -> int:
        """Return 1: a set is chosen by one coordinate."""
        del framework
        return 1


@dataclass(frozen=True)
class WeightNoise:
    """
    Weights times independent uniform factors between 1 - f and 1 + f; siblings renormalise.

    Parameters
    ----------
    code
        Name of the factor.
    half_width
        f, between 0 and 1.
    codes
        Nodes whose weights vary; all below the root if empty.
    """

    code: str
    half_width: float
    codes: tuple[str, ...]

    def size(self, framework: Framework) -> int:
        """Return 0: there are no levels."""
        del framework
        return 0

    def dimensions(self, framework: Framework) -> int:
        """Return one coordinate for each weight."""
        return len(weighted_codes(self.codes, framework))

    def weights(self, nominal: Array, points: Array, framework: Framework) -> Array:
        """Return nominal weights times the factors of the points."""
        del framework
        return np.asarray(nominal * (1.0 - self.half_width + 2.0 * self.half_width * points))


@dataclass(frozen=True)
class DirichletWeights:
    """
    Weights of siblings drawn from a Dirichlet distribution around their shares.

    Parameters
    ----------
    code
        Name of the factor.
    concentration
        Sum of the parameters of each sibling set: the larger, the closer to the shares.
    codes
        Nodes whose weights vary; all below the root if empty. Whole sibling sets.
    """

    code: str
    concentration: float
    codes: tuple[str, ...]

    def size(self, framework: Framework) -> int:
        """Return 0: there are no levels."""
        del framework
        return 0

    def dimensions(self, framework: Framework) -> int:
        """Return one coordinate for each weight."""
        return len(weighted_codes(self.codes, framework))

    def weights(self, nominal: Array, points: Array, framework: Framework) -> Array:
        """Return gamma quantiles, which siblings renormalise to a Dirichlet distribution."""
        from scipy.special import gammaincinv  # noqa: PLC0415 - an extra; few factors need it

        codes = weighted_codes(self.codes, framework)
        total = np.zeros(nominal.shape)
        parents = np.array([framework.parent(code) for code in codes])
        for parent in dict.fromkeys(parents):
            here = parents == parent
            total[..., here] = nominal[..., here].sum(axis=-1, keepdims=True)
        shape = self.concentration * nominal / np.where(total > 0, total, 1.0)
        inside = np.clip(points, 1e-15, 1.0 - 1e-15)
        drawn = gammaincinv(np.where(shape > 0, shape, 1.0), inside)
        return np.where(shape > 0, np.maximum(drawn, np.finfo(float).tiny), 0.0)


@dataclass(frozen=True, eq=False)
class DataReplicates:
    """
    One of several tables of raw values: bootstrap replicates, draws, or values plus error.

    Parameters
    ----------
    code
        Name of the factor.
    tables
        Shape (replicates, units, leaves), rows and columns in the order of the model's table.
    """

    code: str
    tables: Array

    def size(self, framework: Framework) -> int:
        """Return the number of tables."""
        del framework
        return len(self.tables)

    def dimensions(self, framework: Framework) -> int:
        """Return 1: a table is chosen by one coordinate."""
        del framework
        return 1


def weighted_codes(codes: Sequence[str], framework: Framework) -> tuple[str, ...]:
    """
    Return the given codes, or all below the root if none are given.

    Raises
    ------
    FrameworkError
        If a code is not below the root.
    """
    below = framework.codes[1:]
    lost = sorted(set(codes) - set(below))
    if lost:
        message = f"uncertainty: weights of {', '.join(lost)}: not nodes below the root"
        raise FrameworkError(message)
    return tuple(codes) or below


def levels_of(points: Array, size: int) -> Levels:
    """
    Return which of ``size`` levels each coordinate in [0, 1) chooses.

    The cuts are fixed, never those of the sample.
    """
    return np.minimum((np.asarray(points) * size).astype(np.int64), size - 1)


def noisy_tables(
    table: pd.DataFrame,
    standard_errors: pd.DataFrame,
    *,
    replicates: int,
    generator: np.random.Generator,
) -> Array:
    """
    Return the table plus normal errors, several times.

    Parameters
    ----------
    table
        Raw values, one row per unit.
    standard_errors
        Of the values, by the same labels; NaN = exact.
    replicates
        Number of tables.
    generator
        Source of randomness.

    Returns
    -------
    tables
        Shape (replicates, units, leaves).

    Examples
    --------
    >>> import pandas as pd
    >>> raw = pd.DataFrame({"x": [1.0, 2.0]}, index=["A", "B"])
    >>> errors = pd.DataFrame({"x": [0.5, None]}, index=["A", "B"])
    >>> draws = noisy_tables(raw, errors, replicates=3, generator=np.random.default_rng(1))
    >>> draws.shape, draws[:, 1, 0].tolist()
    ((3, 2, 1), [2.0, 2.0, 2.0])
    """
    error = standard_errors.reindex(index=table.index, columns=table.columns).to_numpy(float)
    noise = generator.standard_normal((replicates, *table.shape))
    return np.asarray(table.to_numpy(float) + np.nan_to_num(error) * noise)
