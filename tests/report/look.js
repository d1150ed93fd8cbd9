const found = {};
function settled(frame) { return new Promise((done) => { frame.onload = done; }); }
async function look() {
  for (const width of [1000, 390]) {
    const frame = document.createElement("iframe");
    frame.style.width = width + "px"; frame.style.height = "800px"; frame.style.border = 0;
    const loaded = settled(frame);
    frame.srcdoc = document.getElementById("page").textContent;
    document.body.append(frame);
    await loaded;
    const page = frame.contentWindow, root = page.document;
    const names = () => [...root.querySelectorAll("#experiments tbody tr")].map((row) => row.cells[0].textContent);
    const box = (element) => { const { width, height } = element.getBoundingClientRect(); return [width, height]; };
    const part = (found[width] = { requests: page.performance.getEntriesByType("resource").length });
    part.scroll = root.documentElement.scrollWidth;
    part.figures = [...root.querySelectorAll("figure.drawn svg")].map(box);
    part.tallest = Math.max(...[...root.querySelectorAll(".scroll tr")].map((row) => box(row)[1]));
    part.narrowest = Math.min(...[...root.querySelectorAll(".scroll td.wordy")].map((cell) => box(cell)[0]).filter(Boolean));
    part.before = names();
    const heads = [...root.querySelectorAll("#experiments th")];
    const button = heads.find((head) => head.textContent === "test error").querySelector("button");
    button.click(); part.rising = names();
    button.click(); part.falling = names();
    part.told = button.parentElement.getAttribute("aria-sort");
    const explore = root.getElementById("explore"), svg = explore.querySelector("svg");
    part.hidden = explore.hidden;
    part.boxes = [...explore.querySelectorAll("input[name=experiment]")].map((each) => [each.value, each.checked]);
    part.said = [...svg.querySelectorAll("text")].map((text) => text.textContent);
    part.curves = svg.querySelectorAll("path.curve").length;
    part.paths = svg.querySelectorAll("path").length;
    explore.querySelector("input[name=each]").click();
    part.with_seeds = svg.querySelectorAll("path").length;
    const { left, top, width: w, height: h } = svg.getBoundingClientRect();
    svg.dispatchEvent(new page.PointerEvent("pointermove", { clientX: left + w - 2, clientY: top + h / 2 }));
    part.readout = explore.querySelector("output").textContent;
    explore.querySelector("input[name=experiment]").click();
    part.fewer = svg.querySelectorAll("path.curve").length;
    const closed = root.getElementById("runs-plain-20");
    part.closed = !closed.open;
    page.location.hash = "#runs-plain-20";
    await new Promise((done) => setTimeout(done, 100));
    part.opened = closed.open;
    closed.querySelector("a[data-curves]").click();
    part.alone = svg.querySelectorAll("path.curve").length;
    part.wrong = page.wrong;
  }
  document.getElementById("found").textContent = JSON.stringify(found);
}
look().catch((error) => { document.getElementById("found").textContent = JSON.stringify({ failed: String(error) }); });
