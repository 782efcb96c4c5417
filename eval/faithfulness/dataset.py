"""Every gold question: one that must not be answered and is has sentences to support too."""

from eval.answers.dataset import questions

__all__ = ["questions"]
