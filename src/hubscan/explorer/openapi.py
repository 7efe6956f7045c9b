"""The API described for programs: OpenAPI 3.1, written by hand and held to the routes by a test."""

from __future__ import annotations

from typing import Any, Final

from hubscan import __version__
from hubscan.explorer.limits import MOST_BYTES, MOST_SECONDS, MOST_WAITING

_NUMBER: Final = {"type": ["number", "null"]}
_TEXT: Final = {"type": ["string", "null"]}
_BY_INDICATOR: Final = {"type": "object", "additionalProperties": _NUMBER}
_RUN: Final = {
    "name": "run",
    "in": "path",
    "required": True,
    "description": "number of the run, from 0, in the order given on the command line",
    "schema": {"type": "integer", "minimum": 0},
}
_FAULT: Final = {
    "description": "one sentence on what was found and what was needed",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}},
}


def document() -> dict[str, Any]:
    """
    Return the OpenAPI document of the explorer's API.

    Examples
    --------
    >>> document()["info"]["title"]
    'hubscan explorer'
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hubscan explorer",
            "version": "1",
            "description": f"hubscan {__version__}: what a run folder holds, read-only, and "
            "questions of what would be under another rule. Shares are in [0, 1].",
        },
        "paths": {**_lists(), **_of_runs(), **_of_indices()},
        "components": {"schemas": _schemas()},
    }


def _get(what: str, schema: str, *parameters: dict[str, Any], kind: str = "json") -> dict[str, Any]:
    media = {"json": "application/json", "geojson": "application/geo+json"}.get(kind, kind)
    shape = {"$ref": f"#/components/schemas/{schema}"} if schema else {}
    answer = {"description": what, "content": {media: {"schema": shape}}}
    operation: dict[str, Any] = {
        "summary": what,
        "responses": {"200": answer, "404": _FAULT},
    }
    if kind == "application/pdf":
        operation["responses"] |= dict.fromkeys(("429", "503"), _FAULT)
    return {"get": operation | ({"parameters": list(parameters)} if parameters else {})}


def _lists() -> dict[str, Any]:
    return {
        "/api/v1/index.json": _get("what is open: runs and indices", "Contents"),
        "/api/v1/openapi.json": _get("this document", ""),
        "/api/v1/base.json": _get("land, coast and borders of the map", ""),
        "/api/v1/base-small.json": _get("the same, simplified for a view of the whole world", ""),
        "/api/v1/history.json": _get("ranks of clusters over the runs", "History"),
    }


def _of_runs() -> dict[str, Any]:
    home = "/api/v1/runs/{run}"
    cluster = _in_path("cluster", "cluster id of the run", "integer")
    name = _in_path("name", "a file that the summary lists under downloads", "string")
    return {
        f"{home}/summary.json": _get("edition, inputs, parameters, provenance", "Summary", _RUN),
        f"{home}/ranking.json": _get("the ranking", "Ranking", _RUN),
        f"{home}/quality.json": _get("coverage, totals, merges, rows set aside", "", _RUN),
        f"{home}/ties.json": _get("the strongest ties between clusters", "Ties", _RUN),
        f"{home}/footprints.geojson": _get(
            "footprints, simplified by about 300 m", "", _RUN, kind="geojson"
        ),
        f"{home}/isolines.geojson": _get(
            "probability isolines of footprints, if the run has them", "", _RUN, kind="geojson"
        ),
        f"{home}/points.bin": _get(
            "places, little-endian: uint32 n, then n float32 longitude, n float32 latitude, "
            "n uint16 cluster (0 outside), n uint8 source (order of indicators), n uint8 size",
            "",
            _RUN,
            kind="application/octet-stream",
        ),
        f"{home}/clusters/{{cluster}}.json": _get("one cluster", "Profile", _RUN, cluster),
        f"{home}/briefs/{{name}}.pdf": _get(
            "the brief of a cluster, PDF/UA, where the contents say that there are briefs: two "
            f"A4 pages, made when asked for; at most {MOST_WAITING} at a time",
            "",
            _RUN,
            _in_path("name", "`brief` of a cluster in the ranking", "string"),
            kind="application/pdf",
        ),
        f"{home}/files/{{name}}": _get(
            "a file of the run folder", "", _RUN, name, kind="application/octet-stream"
        ),
        f"{home}/what-if": {"post": _question("the ranking under another rule", "Answer")},
        f"{home}/what-if/footprints": {"post": _question("the footprints under another rule", "")},
    }


def _of_indices() -> dict[str, Any]:
    number = _in_path("index", "number of the index, from 0", "integer")
    name = _in_path("name", "a file of the index folder", "string")
    return {
        "/api/v1/indices/{index}/index.json": _get("a composite index", "Index", number),
        "/api/v1/indices/{index}/files/{name}": _get(
            "a file of the index folder", "", number, name, kind="application/octet-stream"
        ),
    }


def _question(what: str, schema: str) -> dict[str, Any]:
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Question"}}}
    shape = {"$ref": f"#/components/schemas/{schema}"} if schema else {}
    answer = {"application/json": {"schema": shape}}
    return {
        "summary": what,
        "description": f"A body of at most {MOST_BYTES} bytes; at most {MOST_SECONDS:g} s of "
        f"work; at most {MOST_WAITING} questions at a time, one worked on.",
        "parameters": [_RUN],
        "requestBody": {"required": True, "content": body},
        "responses": {
            "200": {"description": "the answer", "content": answer},
            **dict.fromkeys(("400", "404", "413", "415", "422", "429", "503"), _FAULT),
        },
    }


def _in_path(name: str, what: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": what,
        "schema": {"type": kind},
    }


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _schemas() -> dict[str, Any]:
    anything, flag = {"type": "array"}, {"type": "boolean"}
    whole, text = {"type": "integer"}, {"type": "string"}
    return {
        "Fault": _object(error=text),
        "Contents": _object(
            api=whole,
            hubscan=text,
            live=flag,
            briefs=flag,
            no_briefs=text,
            runs=_list_of("Summary"),
            indices=anything,
        ),
        "Summary": _object(
            id=whole,
            title=text,
            synthetic=flag,
            interval_level=_NUMBER,
            indicators=anything,
            parameters=anything,
            files=anything,
            downloads=anything,
            missing={"type": "object"},
        ),
        "Cluster": _object(
            id=whole,
            rank=whole,
            name=text,
            brief=text,
            economies=_TEXT,
            total=_NUMBER,
            intensity=_NUMBER,
            population=_NUMBER,
            area_km2=_NUMBER,
            latitude=_NUMBER,
            longitude=_NUMBER,
            previous_rank=_NUMBER,
            change=_NUMBER,
            growth=_NUMBER,
            counts=_BY_INDICATOR,
            shares=_BY_INDICATOR,
            interval=anything,
            intensity_interval=anything,
        ),
        "Ranking": _object(clusters=_list_of("Cluster")),
        "Profile": _object(
            id=whole,
            fields=anything,
            subjects=anything,
            top_applicants=anything,
            top_organisations=anything,
            collaboration=anything,
            partners=anything,
            partner_economies=anything,
            economies=anything,
            years=anything,
            missing=anything,
        ),
        "Ties": _object(ties=anything, missing=_TEXT),
        "History": _object(runs=anything, tracks=anything),
        "Index": _object(id=whole, title=text, nodes=anything, units=anything),
        "Question": {
            "type": "object",
            "description": "values by dotted key of the edition; none at all asks for the run",
            "properties": {
                "cluster.radius_km": {"type": "number", "minimum": 1, "maximum": 60},
                "cluster.min_weight": {"type": "number", "minimum": 1, "maximum": 1e6},
                "cluster.min_share": {"type": "number", "minimum": 1e-6, "maximum": 1},
                "merge.max_gap_km": {"type": "number", "minimum": 0.1, "maximum": 50},
                "count.method": {"enum": ["fractional", "full"]},
                "rank.weights": {"type": "object", "additionalProperties": {"type": "number"}},
            },
            "additionalProperties": False,
        },
        "Answer": _object(
            clusters=_list_of("Cluster"),
            points=text,
            changes={"type": "object"},
            notes=anything,
            edition=text,
            seconds=_NUMBER,
        ),
    }
