"""Advisor on publiek-private samenwerking (PPS) against crime: every sentence cites a passage."""

import os

# Must be set before chromadb, gradio or transformers are imported anywhere: the advisor makes no outbound call.
os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
