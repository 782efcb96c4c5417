"""Errors whose message may be shown to a user: Dutch, saying what happened and what to do."""


class PpsError(Exception):
    """Base of every error that a user may read as it is."""


class DocumentError(PpsError):
    """One source file cannot be used. The message names the file."""


class IndexBusyError(PpsError):
    """Another process is writing the index."""


class IndexMissingError(PpsError):
    """There is no index yet."""


class ChromaError(PpsError):
    """Chroma cannot be reached, or answers with a failure."""


class ConfigurationError(PpsError):
    """A setting does not work: names the setting and a remedy."""


class ModelError(PpsError):
    """The language model did not give a usable answer."""


class ModelTimeoutError(ModelError):
    """The language model did not answer in time."""
