from rag.web.running import Running


def test_a_question_is_stopped_by_its_name_while_it_runs():
    running = Running()
    with running.run("a", "lezer") as first, running.run("b", "lezer") as second:
        running.stop("a")
        assert first.cancelled and not second.cancelled
        running.stop("c")
        assert not second.cancelled


def test_a_question_that_waits_is_stopped_before_it_begins_and_only_once():
    running = Running()
    running.stop("a")
    with running.run("a") as first:
        assert first.cancelled
    with running.run("a") as again:
        assert not again.cancelled


def test_who_leaves_stops_only_what_is_his():
    running = Running()
    with running.run("a", "een") as first, running.run("b", "twee") as second:
        running.leave("een")
        assert first.cancelled and not second.cancelled


def test_stops_of_questions_that_never_come_are_not_kept_for_ever():
    running = Running()
    for n in range(1500):
        running.stop(str(n))
    with running.run("0") as oldest, running.run("1499") as newest:
        assert not oldest.cancelled and newest.cancelled


def test_what_is_done_cannot_be_stopped_later():
    running = Running()
    with running.run("a", "een") as done:
        pass
    running.leave("een")
    assert not done.cancelled
