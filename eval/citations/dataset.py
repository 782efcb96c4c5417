"""Every gold question: one that must not be answered and is has citations too."""

from eval.answers.dataset import questions

__all__ = ["questions"]
