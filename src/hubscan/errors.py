"""Every error hubscan raises on purpose: what was found, what was needed, and where."""


class HubscanError(Exception):
    """
    Base of every error raised on purpose; catch this to catch them all.

    Its message is one sentence a user can act on. The command line prints it without a traceback
    and exits with ``exit_code``.

    Examples
    --------
    >>> raise EditionError("gii-2025: [cluster] radius_km = 0: must be greater than 0")
    Traceback (most recent call last):
    ...
    hubscan.errors.EditionError: gii-2025: [cluster] radius_km = 0: must be greater than 0
    """

    exit_code = 1


class EditionError(HubscanError, ValueError):
    """An edition is incomplete, inconsistent, or names an unknown parameter."""

    exit_code = 3


class InputError(HubscanError, ValueError):
    """A file, a column or a value given by the user is not what was needed."""

    exit_code = 4


class RemoteError(InputError):
    """A server or service did not answer, or not with what was needed."""

    exit_code = 8


class SchemaError(HubscanError, ValueError):
    """A table that crosses a stage does not match its description in :mod:`hubscan.schema`."""

    exit_code = 5


class StoreError(HubscanError, OSError):
    """A run folder could not be read or written; what stood there before still stands."""

    exit_code = 6


class FrameworkError(HubscanError, ValueError):
    """A composite-index framework, recipe or table of values contradicts itself."""

    exit_code = 7
