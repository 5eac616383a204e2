"""What holds pages to their promises would notice if they broke them."""

from browser.seen import faults


def test_a_page_that_asks_is_found_out(show):
    """An address that is asked for is refused, and noted."""
    opened = show('<title>x</title><img src="https://example.org/a.png"><img src="b.png">')
    opened.page.wait_for_load_state("load")
    assert sorted(address.rpartition("/")[2] for address in opened.asked) == ["a.png", "b.png"]  # in any order
    assert len(opened.said) == 2


def test_a_script_that_fails_is_found_out(show):
    assert len(show("<title>x</title><script>nothing()</script>").said) == 1


def test_faint_texts_nameless_controls_and_wide_pages_are_found_out(show):
    opened = show(
        '<title>x</title><p style="color: #999">faint</p><p>strong</p><button></button><label>name <input></label>'
        '<div style="width: 3000px">wide</div>'
    )
    found = faults(opened.page)
    assert found["faint"] == ["faint: 2.85"]
    assert found["nameless"] == ["<button></button>"]
    assert found["too wide"] > 1000
