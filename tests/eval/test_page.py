"""When an opened page can be used."""

import pytest

from eval.page.evaluate import usable


@pytest.mark.parametrize(
    ("box", "painted", "tasks", "when"),
    [
        (900, 300, [], 900),
        (900, 300, [[200, 400], [1000, 1250]], 1250),
        (900, 300, [[1000, 1250], [3300, 3900]], 1250),  # two quiet seconds lie between
        (2400, 300, [[350, 500]], 2400),
    ],
)
def test_a_page_can_be_used_when_the_box_is_there_and_the_thread_is_quiet(box, painted, tasks, when):
    assert usable(box, painted, tasks) == when
