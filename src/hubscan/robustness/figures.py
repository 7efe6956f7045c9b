"""The figures of a study, a sweep and a comparison, as files by name."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec

import numpy as np

from hubscan.extras import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from hubscan.robustness.folders import OpenedRun
    from hubscan.robustness.studies import Studied

_TOP: Final = 100
_MAPPED: Final = 6
_Parameters = ParamSpec("_Parameters")


def _where_drawn(
    files: Callable[_Parameters, dict[str, bytes]],
) -> Callable[_Parameters, dict[str, bytes]]:
    """Return a function that gives no files where the extra of figures is not installed."""

    @wraps(files)
    def drawn(*arguments: _Parameters.args, **named: _Parameters.kwargs) -> dict[str, bytes]:
        return {} if missing("figures") else files(*arguments, **named)

    return drawn


@_where_drawn
def study_figures(run: OpenedRun, found: Studied) -> dict[str, bytes]:
    """
    Return the figures of a study of uncertainty.

    Parameters
    ----------
    run
        The run.
    found
        What was found.

    Returns
    -------
    figures
        Files by name: rank intervals, the least certain boundaries, and the shares of assumptions.
    """
    from hubscan.report import uncertainty as charts  # noqa: PLC0415 - an extra
    from hubscan.report.uncertainty_map import probability_map  # noqa: PLC0415 - as above

    caption = _caption(run.about)
    ranks = found.intervals.head(_TOP).rename(
        columns={"joint_lower": "outer_lower", "joint_upper": "outer_upper"}
    )
    drawn = {
        "rank_intervals": charts.interval_chart(
            ranks,
            caption=caption,
            title="Ranks and how sure they are (bar: replicates; line: joint confidence set)",
        )
    }
    intense = found.intervals.dropna(subset=["intensity_rank"])
    if len(intense):
        drawn["intensity_intervals"] = charts.interval_chart(
            _of_intensity(intense),
            title="Ranks by intensity and how sure they are, inhabitants held fixed",
            caption=caption,
        )
    listed = found.intervals.head(_TOP)
    open_ = listed[listed["fringe_places"] > 0].sort_values("fringe_weight", ascending=False)
    chosen = [(int(c), str(n)) for c, n in zip(open_["cluster"], open_["name"], strict=True)]
    if chosen:
        drawn["boundaries"] = probability_map(
            chosen[:_MAPPED], found.probabilities, found.isolines,
            title="Listed clusters with the least certain boundaries", caption=caption,
        )  # fmt: skip
    if found.assumed is not None:
        drawn["assumptions"] = charts.share_chart(
            found.assumed.factors, title="Which unknown choice moves the ranks", caption=caption
        )
    return _files(drawn, run.about)


def _of_intensity(intervals: pd.DataFrame) -> pd.DataFrame:
    """Return the intervals of ranks by intensity as a chart wants them."""
    names = ["name", "intensity_rank", "intensity_lower", "intensity_upper"]
    table = intervals[names].set_axis(["name", "rank", "lower", "upper"], axis=1)
    whole = dict.fromkeys(("rank", "lower", "upper"), np.int64)
    return table.astype(whole).sort_values("rank", kind="stable").head(_TOP)


@_where_drawn
def sweep_figures(
    run: OpenedRun, table: pd.DataFrame, ranks: pd.DataFrame, keys: Sequence[str], *, top: int
) -> dict[str, bytes]:
    """
    Return the figures of a sweep over one or two parameters; none of more.

    Parameters
    ----------
    run
        The run.
    table
        One row a setting.
    ranks
        ``cluster``, ``rank`` with the columns of the setting.
    keys
        The parameters varied.
    top
        So many first clusters have a map of their rank each.

    Returns
    -------
    figures
        Files by name.
    """
    from hubscan.report import uncertainty as charts  # noqa: PLC0415 - an extra

    few = 2
    if len(keys) > few:
        return {}
    caption, drawn = _caption(run.about), {}
    for value, title in (
        ("clusters", "Number of clusters"),
        ("adjusted_rand", "Adjusted Rand index against the run"),
        ("variation_of_information", "Variation of information against the run, bits"),
        ("rank_shift", "Mean change of rank"),
    ):
        drawn[value] = charts.setting_map(
            table[[*keys, value]], value=value, title=title, caption=caption
        )
    for name, first in _tops(table).items():
        shown = table[[*keys]].assign(kept=table[name], same=table[f"order_{first}"].eq(other=True))
        drawn[name] = charts.setting_map(
            shown, value="kept", framed="same", caption=caption,
            title=f"Share of the first {first} that stays (framed: in the same order)",
        )  # fmt: skip
    for row in run.ranking.head(top).itertuples():
        mine = ranks[ranks["cluster"] == row.cluster]
        if len(mine):
            drawn[f"rank_of_{row.cluster}"] = charts.setting_map(
                mine[[*keys, "rank"]], value="rank", title=f"Rank of {row.name}", caption=caption
            )
    return _files(drawn, run.about)


def _tops(table: pd.DataFrame) -> dict[str, int]:
    """Return the columns that tell how much of the first clusters stays, and how many those are."""
    named = [name for name in map(str, table) if name.startswith("top_")]
    return {name: int(name.removeprefix("top_")) for name in named}


@_where_drawn
def comparison_figures(
    series: pd.DataFrame, *, top: int, about: Mapping[str, str]
) -> dict[str, bytes]:
    """
    Return the figure of a comparison: ranks through the runs.

    Parameters
    ----------
    series
        ``name``, ``run``, ``rank``.
    top
        Ranks shown.
    about
        What the runs are about.

    Returns
    -------
    figures
        Files by name.
    """
    from hubscan.report import uncertainty as charts  # noqa: PLC0415 - an extra

    figure = charts.bump_chart(
        series, top=top, title="Ranks from run to run", caption=_caption(about)
    )
    return _files({"ranks": figure}, about)


def _files(drawn: Mapping[str, Figure], about: Mapping[str, str]) -> dict[str, bytes]:
    from hubscan.report.index_style import figure_bytes  # noqa: PLC0415 - an extra

    return {
        f"{name}.{form}": figure_bytes(figure, form=form, about=about)
        for name, figure in drawn.items()
        for form in ("png", "svg")
    }


def _caption(about: Mapping[str, str]) -> str:
    kind = "SYNTHETIC DATA. " if about["data"].startswith("SYNTHETIC") else ""
    return f"{kind}{about['edition']}. {about['inputs']}."
