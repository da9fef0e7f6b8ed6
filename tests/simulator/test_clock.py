"""One clock for everything, and the product is told."""

from tests.simulator.simulated import wait_until


def test_a_jump_moves_timestamps_and_tells_the_product(simulated, product):
    answer = simulated.advance(days=1)

    before = simulated.control("GET", "clock")["now"]
    simulated.write()
    simulated.wait_until_idle()

    assert answer["product"] == "answered 204"
    assert product.clock_offsets == [86_400]
    assert int(product.messages()[0]["timestamp"]) >= int(before)


def test_resetting_brings_real_time_back(simulated, product):
    simulated.advance(days=3)

    answer = simulated.control("POST", "clock", {"reset": True})

    assert answer["offset"] == 0
    assert product.clock_offsets == [3 * 86_400, 0]


def test_a_jump_brings_what_was_waiting_in_order(simulated, product):
    simulated.control("POST", "settings", {"sent_after": 100, "delivered_after": 200})
    simulated.write()
    simulated.send_text()

    simulated.advance(seconds=1000)
    simulated.advance(seconds=1000)

    wait_until(lambda: len(product.statuses()) == 2)
    assert [status["status"] for status in product.statuses()] == ["sent", "delivered"]


def test_the_product_need_not_listen(simulated):
    simulated.control("POST", "settings", {"tell_product_time": False})

    assert simulated.advance(hours=1)["product"] == "not told"


def test_advancing_needs_seconds(simulated):
    assert simulated.control("POST", "clock", {"advance": "soon"}, status=400)["error"]
