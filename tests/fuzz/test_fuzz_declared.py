"""Files of declarations and of reference on damage: one sentence, or a value that is whole."""

from __future__ import annotations

import io
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from hostile import DAMAGE, VALUES, cases, damaged, kept, with_value
from hypothesis import given
from hypothesis import strategies as st

from hubscan import beside, footprint, geocode, opening, readers, runs
from hubscan.cli_remote import _read, _texts
from hubscan.edition import Edition, load_edition
from hubscan.errors import EditionError, HubscanError
from hubscan.indexing_inputs import read_framework, read_recipe, read_values
from hubscan.ingest.inputs import Inputs, inputs_from
from hubscan.readers.mapping import UserMapping
from hubscan.validation import validated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hostile import Step

# a draw of long texts is long to show: that is no fault of what is tested
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")

HOUSE = Path(__file__).resolve().parents[2]
WHERE = st.floats(0.0, 1.0, width=16)
OTHER = st.sampled_from(tuple(value for value in VALUES if value is not None))

INPUTS = b"""title = "Mine"
attribution = ["A", "B"]
names = "names.csv"
[[source]]
name = "pct"
indicator = "patents"
grain = "addresses"
path = "pct*.csv"
delimiter = ","
encoding = "utf-8"
years = [2019, 2023]
columns = { document_id = "id", year = "year", city = "town", country = "cc" }
keep = { kind = ["A", "B"] }
constant = { region = "" }
pad = { document_id = 3 }
[population]
gazetteer = true
"""
ROWS = b"""id,year,town,cc,kind
1,2020,Boston,US,A
2,2021,Kobe,JP,A
3,2022,"Munich",DE,B
4,2022,,DE,C
"""
NAMES = b"""name,cities,latitudes,longitudes
Tokyo-Yokohama,Tokyo; Yokohama,35.69;35.44,139.69;139.64
Boston,Boston,42.36,-71.06
"""
DUMP = "\n".join(
    "\t".join(
        (str(k), name, name, "Other,Names", str(latitude), str(longitude), "P", "PPL", country, "",
         "07", "", "", "", str(1000 * k), "", "10", "Europe/Berlin", "2024-01-01")
    )
    for k, (name, latitude, longitude, country) in enumerate(
        [("Köln", 50.93, 6.95, "DE"), ("Kyoto", 35.02, 135.75, "JP"), ("Lima", -12, -77, "PE")], 1
    )
).encode() + b"\n"  # fmt: skip
OVERRIDES = b"""country,region,city,address,latitude,longitude,note
Greece,,Atlantis,,36.4,25.4,ours
DE,Bayern,Nirgendwo,"Weg 1, Haus",48.1,11.5,
"""
TABLE = b"""address,city,region,country,documents
"Weg 1, Bonn",Bonn,,DE,3
,Kyoto,,JP,1
"""
RECIPE = b"""[[step]]
step = "normalise"
method = "min_max"
parameters = { low = 0.0, high = 100.0 }
[[step]]
step = "weight"
method = "given"
[[step]]
step = "aggregate"
method = "arithmetic"
[[step]]
step = "rank"
method = "min"
"""
FRAMEWORK = b"""code,parent,weight
T,,1
a,T,1
b,T,2
"""
VALUES_WIDE = b"""unit,period,a,b
X,2020,1.5,2
Y,2020,,3
Z,2020,7,1e3
"""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder of this test's own."""
    with tempfile.TemporaryDirectory() as scratch:
        monkeypatch.chdir(scratch)
        yield Path(scratch)


def written(folder: Path, name: str, content: bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content)
    return path


def one_sentence(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it gives
    """Return what a call gives; None if it ends in an error of ours."""
    try:
        return call()
    except HubscanError as error:
        said = str(error)
    assert said.strip()
    assert len(said) < 20_000
    return None


def checked(folder: Path) -> runs.Checked | None:
    """Check the inputs of a folder as ``hubscan check`` does."""

    class Silent:
        def begin(self, stage: str) -> None:
            """Take note of nothing."""

        def end(self, record: object) -> None:
            """Take note of nothing."""

    edition = load_edition("gii-2025").restricted(["patents"])
    call = lambda: runs.checked(  # noqa: E731 - passed on
        edition, folder / "inputs.toml", root=None, work=folder / ".work", watcher=Silent()
    )
    found: runs.Checked | None = one_sentence(call)
    return found


@cases(150)
@given(DAMAGE)
def test_a_damaged_inputs_file(steps: list[Step]) -> None:
    path = written(Path.cwd(), "inputs.toml", damaged(INPUTS, steps))
    found = one_sentence(lambda: opening.read_inputs(path))
    assert found is None or isinstance(found, Inputs)


@cases(150)
@given(WHERE, OTHER)
def test_inputs_with_a_value_of_another_type(where: float, value: object) -> None:
    content = with_value(opening.read_inputs(_inputs()).model_dump(mode="json"), where, value)
    if isinstance(content, dict):
        found = one_sentence(lambda: inputs_from(content, where="inputs.toml"))
        assert found is None or isinstance(found, Inputs)


def _inputs() -> Path:
    return written(Path.cwd(), "inputs.toml", INPUTS)


@cases(40)
@given(DAMAGE)
def test_damaged_rows_are_read_or_listed(steps: list[Step]) -> None:
    folder = Path(tempfile.mkdtemp(dir=Path.cwd()))
    written(folder, "inputs.toml", INPUTS)
    content = damaged(ROWS, steps)
    written(folder, "pct1.csv", content)
    found = checked(folder)
    if found is not None:
        (file,) = found.summary["files"]
        assert file["rows"] >= 0
        lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        # quotes may join lines, nothing may divide one
        assert file["rows"] <= len([line for line in lines if line])


@cases(100)
@given(DAMAGE)
def test_a_damaged_edition(steps: list[Step]) -> None:
    content = resources.files("hubscan.editions").joinpath("gii-2025.toml").read_bytes()
    path = written(Path.cwd(), "mine.toml", damaged(content, steps))
    found = one_sentence(lambda: load_edition(str(path)))
    assert found is None or isinstance(found, Edition)


@cases(200)
@given(WHERE, OTHER)
def test_an_edition_with_a_value_of_another_type(where: float, value: object) -> None:
    content = with_value(load_edition("gii-2025").model_dump(mode="json"), where, value)
    if isinstance(content, dict):
        found = one_sentence(lambda: validated(content, Edition, where="mine", error=EditionError))
        assert found is None or isinstance(found, Edition)


@cases(60)
@given(DAMAGE)
def test_a_damaged_mapping(steps: list[Step]) -> None:
    content = (HOUSE / "tests/fixtures/readers/table/mapping.toml").read_bytes()
    path = written(Path.cwd(), "mapping.toml", damaged(content, steps))
    found = one_sentence(lambda: readers.read_mapping(path))
    assert found is None or isinstance(found, UserMapping)


@cases(100)
@given(DAMAGE)
def test_a_damaged_table_of_names(steps: list[Step]) -> None:
    written(Path.cwd(), "names.csv", damaged(NAMES, steps))
    inputs = opening.read_inputs(_inputs())
    found = one_sentence(lambda: beside.own_names(inputs, Path.cwd()))
    if found is not None:
        for column, most in (("latitudes", 90.0), ("longitudes", 180.0)):
            for text in found[column]:
                assert all(abs(float(part)) <= most for part in text.split(";"))


@cases(100)
@given(DAMAGE)
def test_a_damaged_dump_of_geonames(steps: list[Step]) -> None:
    path = written(Path.cwd(), "dump.txt", damaged(DUMP, steps))
    found = one_sentence(lambda: geocode.gazetteer_from_dump(str(path), min_population=0))
    if found is not None:
        assert found.cities["latitude"].abs().le(90).all()
        assert found.cities["longitude"].abs().le(180).all()
        assert (found.cities["population"] >= 0).all()


@cases(40)
@given(DAMAGE)
def test_a_damaged_compact_gazetteer(steps: list[Step]) -> None:
    whole, packed = written(Path.cwd(), "dump.txt", DUMP), Path.cwd() / "packed.parquet"
    geocode.write_compact(str(whole), str(packed), min_population=0)
    packed.write_bytes(damaged(packed.read_bytes(), steps))
    one_sentence(lambda: geocode.gazetteer_from_dump(str(packed), min_population=0))


def raster() -> bytes:
    """Return a small population raster."""
    stream = io.BytesIO()
    turned = rasterio.Affine(0.1, 0.0, 6.0, 0.0, -0.1, 52.0)
    with rasterio.open(
        stream, "w", driver="GTiff", width=40, height=20, count=1, dtype="float64", nodata=-200.0,
        crs="EPSG:4326", transform=turned, compress="deflate",
    ) as tile:  # fmt: skip
        tile.write(np.arange(800, dtype="float64").reshape(20, 40), 1)
    return stream.getvalue()


@cases(60)
@given(DAMAGE)
def test_a_damaged_raster(steps: list[Step]) -> None:
    path = written(Path.cwd(), "people.tif", damaged(raster(), steps))

    def persons() -> float:
        tile = footprint.population_raster([path])
        boxes = np.array([[6.0, 50.0, 10.0, 52.0]])
        return float(sum(np.nansum(cells.values) for cells in tile.windows(boxes)))

    found = one_sentence(persons)
    assert found is None or found >= 0 or np.isfinite(found)


@cases(100)
@given(DAMAGE)
def test_damaged_overrides(steps: list[Step]) -> None:
    path = written(Path.cwd(), "overrides.csv", damaged(OVERRIDES, steps))
    found = one_sentence(lambda: geocode.checked_overrides(_read(path), where=path.name))
    if found is not None:
        assert found["latitude"].abs().le(90).all()
        assert found["longitude"].abs().le(180).all()


@cases(100)
@given(DAMAGE)
def test_damaged_texts_to_locate(steps: list[Step]) -> None:
    path = written(Path.cwd(), "texts.csv", damaged(TABLE, steps))
    found = one_sentence(lambda: _texts(path))
    if found is not None:
        rules = load_edition("gii-2025").geocode.parameters
        located = geocode.located_texts(found, geocode.bundled(), **rules)
        assert len(located) == len(found)


@pytest.mark.parametrize("damaged_one", ["recipe.toml", "framework.csv", "values.csv"])
def test_damaged_files_of_an_index(damaged_one: str) -> None:
    whole = {"recipe.toml": RECIPE, "framework.csv": FRAMEWORK, "values.csv": VALUES_WIDE}

    @cases(60)
    @given(DAMAGE)
    def tried(steps: list[Step]) -> None:
        files = whole | {damaged_one: damaged(whole[damaged_one], steps)}
        paths = {name: written(Path.cwd(), name, content) for name, content in files.items()}

        def read() -> object:
            framework = read_framework(paths["framework.csv"])
            return read_recipe(paths["recipe.toml"]), read_values(paths["values.csv"], framework)

        one_sentence(read)

    tried()


@pytest.mark.parametrize("path", kept("declared"), ids=lambda path: path.name)
def test_what_once_went_wrong(path: Path) -> None:
    target, content = path.name.partition("--")[0], path.read_bytes()
    found = written(Path.cwd(), path.name, content)
    readers_of: dict[str, Callable[[], object]] = {
        "inputs": lambda: opening.read_inputs(found),
        "edition": lambda: load_edition(str(found)),
        "mapping": lambda: readers.read_mapping(found),
        "overrides": lambda: geocode.checked_overrides(_read(found), where=found.name),
        "dump": lambda: geocode.gazetteer_from_dump(str(found), min_population=0),
    }
    one_sentence(readers_of[target])
