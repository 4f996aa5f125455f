"use strict";
// Values under the pointer; without it the page shows the same pictures.
for (const figure of document.querySelectorAll("figure.chart")) {
  const source = figure.querySelector("script");
  if (source) follow(figure, JSON.parse(source.textContent), figure.querySelector(".tip"));
}

function follow(figure, data, tip) {
  for (const plot of figure.querySelectorAll("svg.plot")) {
    plot.addEventListener("pointermove", event => {
      const box = plot.getBoundingClientRect(), scale = data.width / box.width;
      const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
      const rows = data.lines ? lineValues(plot, data, x) : cellValues(plot, data, x, y);
      if (!rows) return leave(figure, tip);
      tip.replaceChildren(...rows);
      tip.hidden = false;
      const at = event.clientX - figure.getBoundingClientRect().left;
      tip.style.left = (at > figure.clientWidth / 2 ? Math.max(0, at - tip.offsetWidth - 16) : at + 16) + "px";
      tip.style.top = Math.max(0, event.clientY - figure.getBoundingClientRect().top - tip.offsetHeight - 12) + "px";
    });
    plot.addEventListener("pointerleave", () => leave(figure, tip));
  }
}

function leave(figure, tip) {
  tip.hidden = true;
  for (const rule of figure.querySelectorAll(".rule")) rule.style.opacity = 0;
  for (const cell of figure.querySelectorAll(".cell")) cell.setAttribute("x", -99);
}

function lineValues(plot, data, x) {
  const share = (Math.min(Math.max(x, data.left), data.right) - data.left) / (data.right - data.left);
  const value = data.low + share * (data.high - data.low);
  const nearest = data.lines.map(line => line.x.reduce((best, place, i) => Math.abs(place - value) < Math.abs(line.x[best] - value) ? i : best, 0));
  const places = data.lines.map((line, i) => line.x[nearest[i]]).filter(place => place !== undefined);
  if (places.length === 0) return null;
  const place = places.reduce((a, b) => Math.abs(b - value) < Math.abs(a - value) ? b : a);
  const at = data.left + (place - data.low) / (data.high - data.low) * (data.right - data.left), rule = plot.querySelector(".rule");
  rule.setAttribute("x1", at);
  rule.setAttribute("x2", at);
  rule.style.opacity = 1;
  return [row(null, data.label, number(place, data.places)), ...data.lines.flatMap((line, i) => nearest[i] < line.x.length ? [row(line.color, line.name, number(line.y[nearest[i]], data.digits))] : [])];
}

function cellValues(plot, data, x, y) {
  const width = (data.right - data.left) / data.columns.length, height = (data.bottom - data.top) / data.rows.length;
  const column = Math.floor((x - data.left) / width), fromTop = Math.floor((y - data.top) / height), line = data.rows.length - 1 - fromTop;
  if (column < 0 || column >= data.columns.length || line < 0 || line >= data.rows.length) return null;
  const cell = plot.querySelector(".cell"), value = data.values[line * data.columns.length + column];
  cell.setAttribute("x", data.left + column * width);
  cell.setAttribute("y", data.top + fromTop * height);
  const text = value === null ? "not finite" : value <= -999 ? "0" : (10 ** value).toExponential(1);
  return [row(null, data.label, data.columns[column]), row(null, data.rowLabel, data.rows[line]), row(null, "norm", text)];
}

function row(color, name, value) {
  const line = document.createElement("div"), label = document.createElement("span"), strong = document.createElement("b");
  if (color !== null) line.append(Object.assign(document.createElement("i"), { className: "c" + color }));
  label.textContent = name;
  strong.textContent = value;
  line.append(label, strong);
  return line;
}

function number(value, digits) {
  return value === null || value === undefined ? "not finite" : String(Number(value.toPrecision(digits)));
}
