"""The figures that stand first on a page, of one run or of two."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Headline:
    """A metric by its task and name (of several systems: system.metric), with what it says and which way is good."""

    task: str
    name: str
    says: str
    better: str = "higher"

    @property
    def path(self) -> tuple[str, str]:
        """System, empty where there is only one, and name of the metric in a summary."""
        system, _, name = self.name.rpartition(".")
        return system, name

    def metric(self, summary: dict) -> tuple[bool, dict | None]:
        """Has the summary this metric, and what it is."""
        system, name = self.path
        metrics = summary.get("systems", {}).get(system, {}) if system else summary.get("metrics", {})
        return name in metrics, metrics.get(name)

    def counts(self, summary: dict) -> dict:
        """On how many rows it rests, where the summary tells."""
        system, name = self.path
        counts = summary.get("counts", {})
        return (counts.get(system, {}) if system else counts).get(name, {})


HEADLINES = (
    Headline("answers", "faithfulness", "Sentences that the cited passages support"),
    Headline("answers", "citation_recall", "The same per answer, then averaged"),
    Headline("answers", "citation_precision", "Citations that support their sentence"),
    Headline("answers", "documents_matched", "Answers that cite a right document"),
    Headline("answers", "key_point_recall", "Key points that the answers hold"),
    Headline("answers", "wrongly_answered", "Answered, while the sources do not hold it", "lower"),
    Headline("answers", "wrongly_answered_without_caution", "… and without telling the reader to check", "lower"),
    Headline("answers", "wrongly_refused", "Refused, while the sources hold it", "lower"),
    Headline("answers", "fell_back_on_sources", "Answers that the language model did not write", "lower"),
    Headline("retrieval", "default.recall@5", "Right documents among the first five"),
    Headline("retrieval", "default.ndcg@10", "Order of the first ten documents (nDCG)"),
    Headline("followups", "hit@5_rewritten", "Follow-ups that find a right document"),
    Headline("guard", "attack_recall", "Attacks that are not answered"),
    Headline("guard", "benign_pass", "Harmless texts that are let through"),
    Headline("guard", "personal_data_recall", "Texts with personal data that are noticed"),
    Headline("verifier", "balanced_accuracy", "Verifier, claims judged rightly"),
    Headline("calibration", "brier", "Brier score of the decision to answer", "lower"),
    Headline("latency", "answer_p50_ms", "Milliseconds to the whole answer, half of them", "lower"),
    Headline("latency", "answer_p95_ms", "… 95 % of them", "lower"),
)
