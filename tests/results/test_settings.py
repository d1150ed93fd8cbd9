from bench.results.settings import setting
from tests.report.made import made_up


def test_settings_and_counts_by_name():
    results = made_up()
    assert setting(results, "plain-20", "recipe.lr") == 0.1
    assert setting(results, "plain-20", "lr") == 0.1, "the last part alone"
    assert setting(results, "plain-20", "model.name") == "plain-20"
    assert setting(results, "plain-20", "parameters") == 5
    assert setting(results, "plain-20", "start.layers") is None
    assert setting(results, "nobody", "recipe.lr") is None
    finals = results.cost[(results.cost["experiment"] == "plain-20") & (results.cost["phase"] == "final")]
    assert setting(results, "plain-20", "seconds") == finals["seconds"].median()
    assert setting(results, "nobody", "seconds") is None
