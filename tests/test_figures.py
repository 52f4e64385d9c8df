"""Figures in Prometheus' text, and by how much they have grown."""

from actors.figures import growth, read

BEFORE = """# HELP cms_events_total Events
# TYPE cms_events_total counter
cms_events_total{outcome="processed"} 3.0
cms_events_total{outcome="duplicate"} 0.0
cms_essays_total{outcome="stored"} 30.0
cms_consumer_lag{partition="0"} 2
cms_consumer_lag{partition="1"} 1e0
cms_event_seconds_count 3.0
"""
AFTER = BEFORE.replace("3.0\ncms_events", "5.0\ncms_events").replace("30.0", "31.0")


def test_figures_are_read_by_name_and_outcome_and_other_labels_are_added_up() -> None:
    figures = read(BEFORE)
    assert figures["cms_events_total", "processed"] == 3
    assert figures["cms_consumer_lag", ""] == 3
    assert figures["cms_event_seconds_count", ""] == 3


def test_only_what_has_grown_is_growth_and_a_new_outcome_has_grown_from_nothing() -> None:
    after = AFTER + 'cms_essays_total{outcome="failed"} 1.0\n'
    assert growth(read(BEFORE), read(after)) == [
        {"counted": "events", "as": "processed", "times": "2"},
        {"counted": "essays", "as": "stored", "times": "1"},
        {"counted": "essays", "as": "failed", "times": "1"},
    ]
    assert growth(read(BEFORE), read(BEFORE)) == []
