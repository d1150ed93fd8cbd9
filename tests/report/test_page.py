"""The page in a real browser: no errors, no requests, tables sort, curves answer, narrow screens do."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bench.report.build import build_report
from bench.results.files import write
from bench.spec import Reference
from tests.report.made import averaged, made_up

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

LISTEN = """<script>
window.wrong = [];
addEventListener("error", (event) => wrong.push(String(event.message)));
console.error = (...words) => wrong.push(words.join(" "));
</script>"""

LOOK = (Path(__file__).parent / "look.js").read_text()


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What a browser finds on the page of made-up results, on a wide and on a narrow screen."""
    return looked_at(made_up(), tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """The same of a page with averaged predictions, many references, and experiments without curves."""
    results = averaged()
    references = [
        Reference(experiment="1 net", metric="test_error", value=40.0 + n, data="another data set, top-1",
                  paper="Some authors and others 2015 (arXiv 0000.00000)", where="a table", status="F",
                  statistic="single").model_dump(mode="json")
        for n in range(5)
    ]  # fmt: skip
    curves = results.curves[results.curves["experiment"].isin(["plain-20", "resnet-56"])]
    results = replace(results, curves=curves, plan={**results.plan, "references": references})
    return looked_at(results, tmp_path_factory.mktemp("crowded"))


def looked_at(results, folder):
    """What `look.js` tells of the page of these results, by the screen's width."""
    if BROWSER is None:
        pytest.skip("no Chromium: apt-get install chromium")
    write(results, folder)
    build_report(folder)
    page = (folder / "report.html").read_text().replace("<head>", f"<head>{LISTEN}", 1)
    harness = (
        f"<body><pre id='found'></pre><script type='text/plain' id='page'></script><script>{LOOK}</script>"
    )
    # the page's own script elements would end the one that holds it, so it goes in as escaped text
    holder = f"<textarea id='page' hidden>{html.escape(page)}</textarea>"
    harness = harness.replace("<script type='text/plain' id='page'></script>", holder)
    (folder / "harness.html").write_text(f"<!doctype html><meta charset='utf-8'>{harness}")
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-extensions",
            f"--user-data-dir={folder / 'profile'}", "--window-size=1200,1000", "--virtual-time-budget=8000",
            "--dump-dom", (folder / "harness.html").as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    (told,) = re.findall(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    looked = json.loads(html.unescape(told))
    assert "failed" not in looked, looked
    return looked


WIDTHS = pytest.mark.parametrize("width", ["1000", "390"])


@WIDTHS
def test_no_error_and_no_request(found, width):
    assert found[width]["wrong"] == []
    assert found[width]["requests"] == 0


@WIDTHS
def test_nothing_is_wider_than_the_screen(found, width):
    assert found[width]["scroll"] <= int(width)


@WIDTHS
def test_figures_are_visible(found, width):
    figures = found[width]["figures"]
    assert len(figures) >= 2
    assert all(w > 250 and h > 90 for w, h in figures)


@WIDTHS
def test_tables_sort_by_value_both_ways(found, width):
    assert found[width]["before"] == ["plain-20", "plain-56", "resnet-20", "resnet-56"]
    assert found[width]["rising"] == ["resnet-20", "resnet-56", "plain-20", "plain-56"]
    assert found[width]["falling"] == found[width]["rising"][::-1]
    assert found[width]["told"] == "descending"


def test_no_row_is_mostly_blank_and_no_text_one_word_a_line(crowded):
    assert crowded["1000"]["tallest"] < 120
    assert crowded["1000"]["narrowest"] > 150
    assert crowded["390"]["narrowest"] > 150


@WIDTHS
def test_a_table_that_is_wider_than_the_screen_scrolls_by_itself(crowded, width):
    assert crowded[width]["scroll"] <= int(width)


@WIDTHS
def test_only_experiments_with_curves_can_be_chosen(crowded, width):
    assert crowded[width]["boxes"] == [["plain-20", True], ["resnet-56", True]]
    assert crowded[width]["curves"] == 2
    assert "validation error, %" in crowded[width]["said"]
    assert crowded[width]["wrong"] == []


@WIDTHS
def test_curves_can_be_looked_into(found, width):
    part = found[width]
    assert not part["hidden"]
    assert part["curves"] == 4
    assert part["paths"] == 8, "a line and a band each"
    assert part["with_seeds"] == 8 + 4 * 5
    assert part["fewer"] == 3
    assert re.match(r"epoch 3: resnet-20 \d\d\.\d ± \d", part["readout"]), part["readout"]


@WIDTHS
def test_a_row_leads_to_its_runs(found, width):
    assert found[width]["closed"]
    assert found[width]["opened"]
    assert found[width]["alone"] == 1, "its curves alone"


def test_without_scripts_everything_is_there(report):
    """Tables and figures stand in the page itself; what only a script can do is hidden until it runs."""
    page = re.sub(r"<script.*?</script>", "", report["report.html"].decode(), flags=re.DOTALL)
    assert page.count('<figure class="drawn">') >= 2
    assert '<section id="explore" hidden>' in page
    for name in ("plain-20", "resnet-56"):
        assert f'id="runs-{name}"' in page
        assert f"bench run made-up --profile quick --only &#39;{name}&#39; --seeds 5" in page
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page), "nothing is fetched"


def test_the_order_of_the_page(report):
    heads = re.findall(r"<h2>(.*?)</h2>", report["report.html"].decode())
    assert heads == [
        "Verdicts", "Experiments", "Figures", "Diverged and missing runs", "Protocol",
        "Runs, and how to repeat them", "Cost and provenance",
    ]  # fmt: skip


def test_the_index_gathers_own_and_published_reports(tmp_path: Path):
    from bench.report.index import build_index

    folder = tmp_path / "made-up" / "quick"
    write(made_up(missing=1), folder)
    build_report(folder)
    published = tmp_path / "published" / "other" / "quick"
    write(made_up(name="other"), published)
    build_report(published)
    page = build_index(tmp_path, print).read_text()
    assert page.index("Your own results") < page.index("made-up/quick/report.html") < page.index("Published")
    assert 'href="published/other/quick/report.html"' in page
    assert page.count("; incomplete") == 1
