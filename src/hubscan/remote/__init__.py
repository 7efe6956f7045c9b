"""The network: open inputs fetched, addresses asked of providers; used nowhere else."""

from hubscan.remote.cache import Answers
from hubscan.remote.inquiry import Pace, address_queries, asked, city_queries, with_provider
from hubscan.remote.listing import Remote, remote_named, remotes
from hubscan.remote.manifest import Entry, read_manifest, with_entry, write_manifest
from hubscan.remote.openalex import fetch_works, snapshot_parts
from hubscan.remote.providers import PROVIDERS, Candidate, opened_provider
from hubscan.remote.transfer import Policy, fetch, fetch_json

__all__ = [
    "PROVIDERS",
    "Answers",
    "Candidate",
    "Entry",
    "Pace",
    "Policy",
    "Remote",
    "address_queries",
    "asked",
    "city_queries",
    "fetch",
    "fetch_json",
    "fetch_works",
    "opened_provider",
    "read_manifest",
    "remote_named",
    "remotes",
    "snapshot_parts",
    "with_entry",
    "with_provider",
    "write_manifest",
]
