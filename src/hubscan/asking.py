"""Ask a geocoding service, if one is declared: on whole addresses first, on cities' names last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hubscan.geocode import country_codes
from hubscan.remote import (
    Answers,
    Pace,
    address_queries,
    asked,
    city_queries,
    opened_provider,
    with_provider,
)
from hubscan.store import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from hubscan.ingest.inputs import Inputs, ProviderInput


@dataclass(frozen=True)
class Provider:
    """A service that is declared, and the file in which its answers are kept."""

    declared: ProviderInput
    answers: Path

    @property
    def key(self) -> str:
        """What tells its answers from those of another."""
        return fingerprint(self.declared.name, self.declared.settings)


def declared_provider(inputs: Inputs, root: Path) -> Provider | None:
    """
    Return the service that an inputs file declares; None if it declares none.

    Parameters
    ----------
    inputs
        The declared inputs.
    root
        The folder that paths start from.

    Returns
    -------
    provider
        Nothing is asked yet.
    """
    if inputs.provider is None:
        return None
    return Provider(inputs.provider, root / inputs.provider.answers)


def with_answers(
    located: pd.DataFrame, localities: pd.DataFrame, provider: Provider
) -> pd.DataFrame:
    """
    Ask about localities in the order of the reports, and return where they lie.

    Whole addresses are asked first, and an answer as fine as a street is taken; what neither that
    nor the gazetteer has located is asked by the name of its city.

    Parameters
    ----------
    located
        Table ``located_localities``, as the gazetteer has it.
    localities
        Table ``localities`` with ``address``, countries as given, in the same order.
    provider
        The service; answers it gave before are not asked again.

    Returns
    -------
    located
        The same table, answers in it (:func:`hubscan.remote.with_provider`).

    Raises
    ------
    InputError
        If the service is not known or can't be opened.
    RemoteError
        If it does not answer; the answers so far are kept.
    """
    name = provider.declared.name
    ask = opened_provider(name, timeout=provider.declared.timeout, **provider.declared.settings)
    coded = localities.assign(country=country_codes(localities["country"]))
    pace = Pace(per_second=provider.declared.per_second)
    date = datetime.now(UTC).date().isoformat()
    with Answers(provider.answers) as answers:
        for step, precision in ((0, "street"), (1, "city")):
            queries = city_queries(coded, located) if step else address_queries(coded)
            pairs = list(zip(queries["query"], queries["country"], strict=True))
            found = asked(pairs, (name, ask), answers, pace=pace, date=date)
            located = with_provider(located, queries, found, name=name, min_precision=precision)
    return located
