"""Every gold question: those that must be answered, and those that must not."""

from eval.answers.dataset import questions

__all__ = ["questions"]
