"""Towns of addresses that are given as one text: read off each distinct text once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from hubscan.geocode.countries import country_code
from hubscan.readers.parts import ADDRESSES
from hubscan.readers.postal import street_address

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.engine import DuckDB

_ROWS: Final = 100_000
_TOLD: Final = pa.schema(
    [(name, pa.string()) for name in ("address", "of", "town", "state", "code", "land")]
)


def with_towns(engine: DuckDB, addresses: ibis.Table, scratch: Path) -> ibis.Table:
    """
    Return addresses with a city, region, postal code and country where their text tells them.

    Texts of addresses that have a city or coordinates stay as they are.

    Parameters
    ----------
    engine
        The query engine.
    addresses
        Columns of :data:`hubscan.readers.parts.ADDRESSES`, and ``reason``.
    scratch
        Folder for the distinct texts and what they tell.

    Returns
    -------
    addresses
        The same columns.
    """
    keyed = addresses.mutate(of=addresses.country.fill_null(""))
    bare = keyed.city.isnull() & keyed.latitude.isnull() & keyed.address.notnull()
    texts = keyed.filter(bare & keyed.reason.isnull()).select("address", "of").distinct()
    listed, told = scratch / "texts.parquet", scratch / "towns.parquet"
    engine.write(texts, listed)
    with pq.ParquetFile(listed) as file:
        if not file.metadata.num_rows:
            return addresses
        with pq.ParquetWriter(told, _TOLD) as writer:
            for batch in file.iter_batches(_ROWS):
                rows = [_row(one["address"], one["of"]) for one in batch.to_pylist()]
                writer.write_table(pa.Table.from_pylist(rows, schema=_TOLD))
    joined = keyed.left_join(engine.parquet([told]), ["address", "of"])
    alone = joined.city.isnull() & joined.latitude.isnull()
    filled: dict[str, Any] = {
        ours: ibis.ifelse(alone, ibis.coalesce(joined[ours], joined[theirs]), joined[ours])
        for ours, theirs in (("city", "town"), ("region", "state"), ("postcode", "code"))
    }
    filled["country"] = ibis.coalesce(joined.country, joined.land)
    return joined.mutate(**filled).select(*ADDRESSES.names, "reason")


def _row(text: str, country: str) -> dict[str, str | None]:
    """Return what a text tells: its last part is the country if it spells that one, or any."""
    code = country_code(text.rsplit(",", 1)[-1].strip(" .;"))
    spelled = bool(code) and code == (country_code(country) or code)
    if not spelled and not country:
        return {"address": text, "of": country}
    told = street_address(text if spelled else f"{text.rstrip(' ,')}, {country}")
    return {
        "address": text,
        "of": country,
        "town": told.city,
        "state": told.region,
        "code": told.postcode,
        "land": told.country,
    }
