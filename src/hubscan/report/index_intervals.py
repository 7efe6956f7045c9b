"""The ranking of an index with the interval of each rank, the best unit above."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.report.index_style import ACCENT, GRID, INK, blank_figure, drawing_style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def rank_intervals(ranking: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return a chart of ranks: a dot for the rank, a bar from its lower to its upper bound.

    Parameters
    ----------
    ranking
        Columns ``unit, rank, lower, upper``, best first.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        One row a unit; ranks run from left to right.

    Examples
    --------
    >>> import pandas as pd
    >>> ranking = pd.DataFrame({"unit": ["Oslo"], "rank": [1], "lower": [1.0], "upper": [2.0]})
    >>> axes = rank_intervals(ranking, title="", caption="").axes[0]
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['Oslo']
    """
    with drawing_style():
        figure = blank_figure(7.0, 1.2 + 0.2 * len(ranking), title=title, caption=caption)
        axes = figure.add_subplot()
        rows = np.arange(len(ranking))
        lower, upper = ranking["lower"].to_numpy(float), ranking["upper"].to_numpy(float)
        axes.barh(rows, upper - lower + 0.6, left=lower - 0.3, height=0.6, color=GRID)
        axes.scatter(ranking["rank"], rows, s=14, color=ACCENT, linewidths=0, zorder=3)
        axes.set_yticks(rows, [str(unit) for unit in ranking["unit"]], color=INK)
        axes.set_ylim(len(ranking) - 0.4, -0.6)
        axes.set_xlabel("rank")
        axes.tick_params(axis="y", length=0)
        return figure
