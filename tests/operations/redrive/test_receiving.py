from constructs_lib.operations.redrive.receiving import Receiving

MB = 2**20


def test_no_more_is_asked_for_than_may_wait() -> None:
    receiving = Receiving(30, 4)
    assert [receiving.ask(0, 0) for _ in range(4)] == [True, True, True, False]


def test_large_events_fill_the_memory_before_there_are_many() -> None:
    receiving = Receiving(320, 4)
    assert receiving.ask(10, 60 * MB)
    assert not receiving.ask(11, 64 * MB)
    receiving.answered(1, in_hand=12)
    assert receiving.ask(5, 30 * MB)


def test_a_place_with_an_order_is_asked_once_at_a_time() -> None:
    receiving = Receiving(320, 1)
    assert [receiving.ask(0, 0) for _ in range(2)] == [True, False]
