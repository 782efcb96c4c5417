"""Asked as eval/answers asks: one answer serves every task that looks at it."""

from eval.answers.generate import one

__all__ = ["one"]
