"""A language model that cannot be asked is a failed measurement, not an answer from the sources.

The advisor serves its reader from the sources when its model is gone, which is right, and hides from an evaluation that the model was
never measured. That it wrote nothing usable, or not in time, is what the advisor is measured on, and stays an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

from rag.advisor import Advisor
from rag.compose.chat_models import ChatModel
from rag.errors import ModelError, ModelTimeoutError


class _Heard(ChatModel):
    """A chat model that remembers why it could not be asked."""

    trouble: ModelError | None = None

    def _pieces(self, *told: object) -> Iterator[str]:
        try:
            yield from super()._pieces(*told)
        except ModelTimeoutError:
            raise
        except ModelError as error:
            if error.__cause__:  # an endpoint or a server in trouble; what the model wrote has no cause but itself
                self.trouble = error
            raise


@contextmanager
def counted(advisor: Advisor) -> Iterator[None]:
    """Ask `advisor` within. For one asker at a time.

    Raises:
        ModelError: its language model was unreachable, refused or broke off; what was answered without it is no measurement of it.
    """
    model = advisor.chat_model
    if not isinstance(model, ChatModel):
        yield
        return
    heard = _Heard(**{f.name: getattr(model, f.name) for f in fields(model)})
    advisor.chat_model = heard
    try:
        yield
    finally:
        advisor.chat_model = model
    if heard.trouble:
        raise heard.trouble
