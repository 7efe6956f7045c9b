"""With whom a cluster's inventors and authors work: abroad, by economy and by cluster."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.schema import NOISE

HOMES: Final = ("main", "all_labels")
"""A cluster's home: its first economy, or all economies of its label."""


def homes(economies: pd.DataFrame, *, home_economy: str) -> pd.DataFrame:
    """
    Return the economies in which each cluster is at home.

    Parameters
    ----------
    economies
        ``cluster``, ``economies`` (ISO alpha-2 codes, however joined), ``home_economy`` (one of
        them; empty for a cluster without).
    home_economy
        ``"main"``: the home economy only; ``"all_labels"``: all economies of the label.

    Returns
    -------
    homes
        ``cluster``, ``economy``; by cluster, the home economy first.

    Raises
    ------
    InputError
        If ``home_economy`` is neither.

    Examples
    --------
    >>> labels = {"cluster": [1], "economies": ["CH/DE/FR"], "home_economy": ["CH"]}
    >>> homes(pd.DataFrame(labels), home_economy="all_labels")["economy"].tolist()
    ['CH', 'DE', 'FR']
    """
    if home_economy not in HOMES:
        msg = f"profile: home_economy = {home_economy!r}: must be one of {', '.join(HOMES)}"
        raise InputError(msg)
    main = economies[["cluster", "home_economy"]].rename(columns={"home_economy": "economy"})
    if home_economy == "all_labels":
        codes = economies["economies"].astype(str).str.findall("[A-Z]{2}")
        others = pd.DataFrame({"cluster": economies["cluster"], "economy": codes})
        main = pd.concat([main, others.explode("economy")])
    table = main.astype({"economy": str}).loc[main["economy"].str.len() > 0]
    return table.drop_duplicates().sort_values("cluster", kind="stable", ignore_index=True)


def links_by_economy(economy_links: pd.DataFrame, homes: pd.DataFrame) -> pd.DataFrame:
    """
    Return each cluster's links with addresses outside it, by their economy.

    A document counts once for each distinct economy in which it has an address outside the
    cluster; links run one way, from the cluster.

    Parameters
    ----------
    economy_links
        ``indicator``, ``cluster``, ``economy``, ``links``: from
        :func:`hubscan.profile.partners.economy_links`.
    homes
        From :func:`homes`.

    Returns
    -------
    links_by_economy
        By cluster, indicator, links (most first) and economy: ``cluster``, ``indicator``,
        ``economy`` (empty if unknown), ``where`` (``domestic``, ``foreign`` or ``unknown``),
        ``links``, ``share`` (of the cluster's links of the indicator).

    Examples
    --------
    >>> links = {"indicator": ["patents"] * 2, "cluster": [1, 1], "economy": ["FR", "US"]}
    >>> home = pd.DataFrame({"cluster": [1], "economy": ["FR"]})
    >>> table = links_by_economy(pd.DataFrame(links | {"links": [1, 3]}), home)
    >>> table[["economy", "where", "links", "share"]].values.tolist()
    [['US', 'foreign', 3, 0.75], ['FR', 'domestic', 1, 0.25]]
    """
    links = economy_links.astype({"indicator": str, "economy": str, "links": np.int64})
    found = links.merge(homes.assign(home=True), on=["cluster", "economy"], how="left")
    home = found["home"].notna().to_numpy()
    unknown = found["economy"].to_numpy(object) == ""
    where = np.where(unknown, "unknown", np.where(home, "domestic", "foreign"))
    total = found.groupby(["cluster", "indicator"])["links"].transform("sum")
    table = found.assign(where=where, share=found["links"].to_numpy() / total.to_numpy())
    table = table.sort_values(
        ["cluster", "indicator", "links", "economy"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )
    return table[["cluster", "indicator", "economy", "where", "links", "share"]]


def collaboration(
    foreign_documents: pd.DataFrame, links: pd.DataFrame, homes: pd.DataFrame
) -> pd.DataFrame:
    r"""
    Return how much of each cluster's output is made with partners abroad.

    .. math::

        M_1(c) = \frac{|\{d \in D_c : \text{an address of } d \text{ lies abroad}\}|}{|D_c|}

    with :math:`D_c` the documents with an address in *c*, each counted whole.

    Parameters
    ----------
    foreign_documents
        ``indicator``, ``cluster``, ``documents``, ``foreign``: from
        :func:`hubscan.profile.partners.foreign_documents`.
    links
        From :func:`links_by_economy`.
    homes
        From :func:`homes`; a cluster without a home has no foreign share.

    Returns
    -------
    collaboration
        By cluster and indicator: ``cluster``, ``indicator``, ``documents``,
        ``foreign_documents``, ``foreign_share`` (in [0, 1]), ``domestic_links``,
        ``foreign_links``, ``unknown_links``.

    Examples
    --------
    >>> documents = {"indicator": ["patents"], "cluster": [1], "documents": [3924]}
    >>> links = {"cluster": [1], "indicator": ["patents"], "where": ["foreign"], "links": [1500]}
    >>> table = collaboration(
    ...     pd.DataFrame(documents | {"foreign": [1390]}),
    ...     pd.DataFrame(links),
    ...     pd.DataFrame({"cluster": [1], "economy": ["CH"]}),
    ... )
    >>> table["foreign_share"].round(4).tolist()
    [0.3542]
    """
    table = foreign_documents.astype({"indicator": str}).sort_values(
        ["cluster", "indicator"], ignore_index=True
    )
    at_home = table["cluster"].isin(homes["cluster"])
    share = table["foreign"].to_numpy() / table["documents"].to_numpy()
    found = pd.DataFrame(
        {
            "cluster": table["cluster"],
            "indicator": table["indicator"],
            "documents": table["documents"].astype(np.int64),
            "foreign_documents": table["foreign"].astype("Int64").where(at_home),
            "foreign_share": pd.Series(share, table.index).where(at_home),
        }
    )
    keys = ["cluster", "indicator"]
    for where in ("domestic", "foreign", "unknown"):
        summed = links.loc[links["where"] == where].groupby(keys)["links"].sum()
        found = found.merge(summed.rename(f"{where}_links").reset_index(), on=keys, how="left")
        found[f"{where}_links"] = found[f"{where}_links"].fillna(0).astype(np.int64)
    return found


def cluster_links(cluster_pairs: pd.DataFrame) -> pd.DataFrame:
    """
    Return each cluster's partners: clusters with which it shares documents.

    Parameters
    ----------
    cluster_pairs
        ``indicator``, ``a``, ``b``, ``links``: from
        :func:`hubscan.profile.partners.cluster_pairs`.

    Returns
    -------
    cluster_links
        Each pair from both ends; by cluster, indicator, links (most first) and partner:
        ``cluster``, ``indicator``, ``partner`` (-1: all places outside clusters), ``links``
        (documents), ``share`` (of all links of the cluster and indicator, noise included).

    Examples
    --------
    >>> pairs = {"indicator": ["patents"] * 2, "a": [-1, 1], "b": [2, 2], "links": [1, 3]}
    >>> cluster_links(pd.DataFrame(pairs)).values.tolist()
    [[1, 'patents', 2, 3, 1.0], [2, 'patents', 1, 3, 0.75], [2, 'patents', -1, 1, 0.25]]
    """
    pairs = cluster_pairs.astype({"indicator": str, "links": np.int64})
    names = {"a": "cluster", "b": "partner"}
    back = {"b": "cluster", "a": "partner"}
    both = pd.concat([pairs.rename(columns=names), pairs.rename(columns=back)])
    both = both.loc[both["cluster"] != NOISE]
    total = both.groupby(["cluster", "indicator"])["links"].transform("sum")
    table = both.assign(share=both["links"].to_numpy() / total.to_numpy()).sort_values(
        ["cluster", "indicator", "links", "partner"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )
    return table[["cluster", "indicator", "partner", "links", "share"]]


def network(cluster_pairs: pd.DataFrame, foreign_documents: pd.DataFrame) -> pd.DataFrame:
    r"""
    Return the network of clusters, for export: each pair once, with the strength of its tie.

    .. math:: S_{ab} = \ell(a, b) / \sqrt{|D_a| \, |D_b|}

    Salton's cosine: of clusters of any size, 1 if they share all their documents.

    Parameters
    ----------
    cluster_pairs
        As for :func:`cluster_links`; noise is left out.
    foreign_documents
        As for :func:`collaboration`.

    Returns
    -------
    network
        By indicator, ``a`` and ``b``: ``indicator``, ``a``, ``b``, ``links`` (documents),
        ``salton``.

    Examples
    --------
    >>> pairs = {"indicator": ["patents"], "a": [1], "b": [2], "links": [6]}
    >>> documents = {"indicator": ["patents"] * 2, "cluster": [1, 2], "documents": [9, 16]}
    >>> network(pd.DataFrame(pairs), pd.DataFrame(documents)).values.tolist()
    [['patents', 1, 2, 6, 0.5]]
    """
    pairs = cluster_pairs.loc[cluster_pairs["a"] != NOISE, ["indicator", "a", "b", "links"]]
    table = pairs.astype({"indicator": str, "links": np.int64}).sort_values(
        ["indicator", "a", "b"], ignore_index=True
    )
    size = foreign_documents.astype({"indicator": str}).set_index(["indicator", "cluster"])
    ends = [
        size["documents"].reindex(pd.MultiIndex.from_frame(table[["indicator", end]]))
        for end in ("a", "b")
    ]
    product = ends[0].to_numpy(float) * ends[1].to_numpy(float)
    return table.assign(salton=table["links"].to_numpy(float) / np.sqrt(product))
