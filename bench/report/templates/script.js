"use strict";
// Comfort only: without scripts the page says the same.

// tables sort by a click on a column's head; numbers by value, intervals by their mean
function cellValue(row, column) {
  const text = row.cells[column].textContent.trim();
  const number = parseFloat(text.replace(/,/g, "").replace("−", "-").replace("< ", ""));
  return /^[<−-]?\s*[\d.]/.test(text) && !Number.isNaN(number) ? number : text;
}
function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a.localeCompare(b, "en", { numeric: true });
}
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    button.title = "sort by this column";
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => compare(cellValue(a, column), cellValue(b, column)) * (down ? -1 : 1));
      table.tBodies[0].append(...rows);
    });
  });
}

// what a link leads to is opened, and on paper all but what is there in bulk
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", openTarget);
openTarget();
addEventListener("beforeprint", () => document.querySelectorAll("details:not(.bulk)").forEach((one) => (one.open = true)));

// training curves to look into
const NAMESPACE = "http://www.w3.org/2000/svg";
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8a8f98"];
const BOX = { width: 720, height: 360, left: 44, right: 12, top: 12, bottom: 38 };

function drawn(name, attributes, parent, text) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}
function summary(seeds, place, quantiles) {
  const values = seeds.map((seed) => seed[place]).filter((value) => value !== null && value !== undefined);
  const n = values.length;
  if (!n) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const spread = n > 1 ? Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)) : NaN;
  return { mean, half: n > 1 ? (quantiles[n] * spread) / Math.sqrt(n) : 0, n };
}
function explore(section, data) {
  const figure = section.querySelector("svg"), readout = section.querySelector("output");
  const metric = section.querySelector("select"), each = section.querySelector("input[name=each]");
  const boxes = [...section.querySelectorAll("input[name=experiment]")];
  const words = { validation_error: "validation error", train_error: "running training error" };
  for (const kind of Object.keys(data.curves)) metric.add(new Option(words[kind], kind));

  function draw() {
    figure.replaceChildren();
    const curves = data.curves[metric.value];
    const shown = boxes.filter((box) => box.checked && curves[box.value]).map((box) => box.value);
    const last = Math.max(1, ...shown.map((name) => Math.max(...data.epochs[name])));
    const all = shown.flatMap((name) => curves[name].flat()).filter((value) => value !== null);
    const range = Math.max(...all) - Math.min(...all);
    const step = [1, 2, 5, 10, 20].find((one) => range / one <= 5) || 25;
    const low = Math.floor(Math.min(...all) / step) * step, high = Math.ceil(Math.max(...all) / step) * step || step;
    const x = (epoch) => BOX.left + ((epoch - 1) / Math.max(1, last - 1)) * (BOX.width - BOX.left - BOX.right);
    const y = (error) => BOX.top + ((high - error) / (high - low || 1)) * (BOX.height - BOX.top - BOX.bottom);
    if (!all.length) {
      drawn("text", { x: BOX.width / 2, y: BOX.height / 2, "text-anchor": "middle" }, figure, "no experiment with such curves is ticked");
      return;
    }
    for (let error = low; error <= high; error += step) {
      drawn("line", { class: "rule", x1: BOX.left, x2: BOX.width - BOX.right, y1: y(error), y2: y(error) }, figure);
      drawn("text", { x: BOX.left - 6, y: y(error) + 4, "text-anchor": "end" }, figure, error);
    }
    const apart = [1, 2, 5, 10, 20, 50, 100, 200].find((one) => last / one <= 8) || 500;
    for (let epoch = apart; epoch <= last; epoch += apart) {
      drawn("text", { x: x(epoch), y: BOX.height - 20, "text-anchor": "middle" }, figure, epoch);
    }
    drawn("text", { x: BOX.width - BOX.right, y: BOX.height - 5, "text-anchor": "end" }, figure, "epoch");
    drawn("text", { x: BOX.left + 4, y: BOX.top + 8 }, figure, `${words[metric.value]}, %`);
    const path = (places, value) => places.map((p, i) => `${i ? "L" : "M"}${x(p.epoch).toFixed(1)},${y(value(p)).toFixed(1)}`).join("");
    for (const name of shown) {
      const colour = COLOURS[boxes.findIndex((box) => box.value === name) % COLOURS.length];
      const places = data.epochs[name]
        .map((epoch, i) => ({ epoch, i, ...summary(curves[name], i, data.t) }))
        .filter((place) => place.mean !== undefined);
      const within = (value) => Math.min(high, Math.max(low, value));
      const band = path(places, (p) => within(p.mean + p.half)) + path([...places].reverse(), (p) => within(p.mean - p.half)).replace("M", "L") + "Z";
      drawn("path", { d: band, fill: colour, opacity: 0.15 }, figure);
      if (each.checked) {
        for (const seed of curves[name]) {
          const own = places.filter((p) => seed[p.i] !== null && seed[p.i] !== undefined);
          drawn("path", { d: path(own, (p) => seed[p.i]), stroke: colour, "stroke-width": 0.7, opacity: 0.6, fill: "none" }, figure);
        }
      }
      drawn("path", { d: path(places, (p) => p.mean), stroke: colour, "stroke-width": 2, fill: "none", class: "curve" }, figure);
    }
    const line = drawn("line", { class: "here", y1: BOX.top, y2: BOX.height - BOX.bottom, visibility: "hidden" }, figure);
    figure.onpointermove = (event) => {
      const bounds = figure.getBoundingClientRect();
      const at = ((event.clientX - bounds.left) / bounds.width) * BOX.width;
      const epoch = 1 + ((at - BOX.left) / (BOX.width - BOX.left - BOX.right)) * Math.max(1, last - 1);
      const rows = shown.map((name) => {
        const near = data.epochs[name].reduce((best, one, i) => (Math.abs(one - epoch) < Math.abs(data.epochs[name][best] - epoch) ? i : best), 0);
        return { name, epoch: data.epochs[name][near], ...summary(curves[name], near, data.t) };
      });
      const nearest = rows[0].epoch;
      for (const end of ["x1", "x2"]) line.setAttribute(end, x(nearest));
      line.setAttribute("visibility", "visible");
      rows.sort((a, b) => a.mean - b.mean);
      readout.textContent = `epoch ${nearest}: ` + rows.filter((row) => row.mean !== undefined)
        .map((row) => `${row.name} ${row.mean.toFixed(1)} ± ${row.half.toFixed(1)} %`).join(", ");
    };
    figure.onpointerleave = () => line.setAttribute("visibility", "hidden");
  }
  for (const input of [metric, each, ...boxes]) input.addEventListener("change", draw);
  for (const link of document.querySelectorAll("a[data-curves]")) {
    link.hidden = false;
    link.addEventListener("click", () => {
      for (const box of boxes) box.checked = box.value === link.dataset.curves;
      draw();
    });
  }
  boxes.forEach((box, i) => box.parentElement.style.setProperty("--own", COLOURS[i % COLOURS.length]));
  section.hidden = false;
  draw();
}
const curves = document.getElementById("curves-data");
if (curves) explore(document.getElementById("explore"), JSON.parse(curves.textContent));
