// One query and its keys: what the length of the vectors does to the weights, and what the division.
// data: sizes (of d_k); scores (for each size, one a key); temperatures; start (a size).
(() => {
  const WORDS = {
    size: "length of a key, d_k",
    divide: "divide by √d_k",
    temperature: "temperature",
    largest: "largest weight",
    trace: "trace",
    scores: "Scores and weights, one key a row",
    heads: ["key", "score", "÷ {divisor}", "weight"],
    told: "Key {key} gets {largest} of the weight. The trace is {trace}: softmax {reacts}.",
    reacts: ["reacts well", "reacts less", "hardly reacts"],
  };

  const { define, h, softmax } = attnbook;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const written = (x, digits) =>
    (Math.abs(x) < 0.5 * 10 ** -digits ? 0 : x).toFixed(digits).replace("-", "−");
  const bar = (share) => h("i", { style: `--share: ${share}` });

  define("softmax-slider", (data, panel) => {
    const words = { ...WORDS, ...data.words };

    /** A slider over a list of numbers. */
    const slider = (name, list, start, digits) => {
      const shown = h("output"), at = list.indexOf(start);
      const input = h("input", { type: "range", min: 0, max: list.length - 1, value: at, input: () => show() });
      const read = () => {
        shown.textContent = written(list[input.value], digits);
        input.setAttribute("aria-valuetext", shown.textContent);
        return list[input.value];
      };
      return { read, row: h("label", {}, h("span", {}, name), input, shown) };
    };
    const size = slider(words.size, data.sizes, data.start, 0);
    const temperature = slider(words.temperature, data.temperatures, 1, 2);
    const divide = h("input", { type: "checkbox", checked: true, change: () => show() });

    const measures = h("dl"), heads = h("tr"), rows = h("tbody"), told = h("p", { role: "status" });
    const measure = (name, x, share) => h("div", {}, h("dt", {}, name), h("dd", {}, bar(share), written(x, 3)));

    const show = () => {
      const d_k = size.read(), divisor = temperature.read() * (divide.checked ? Math.sqrt(d_k) : 1);
      const scores = data.scores[data.sizes.indexOf(d_k)];
      const divided = scores.map((score) => score / divisor), weights = softmax(divided);
      const largest = Math.max(...weights), trace = weights.reduce((sum, a) => sum + a * (1 - a), 0);
      const slope = trace / (1 - 1 / weights.length); // as a share of the most that there can be

      measures.replaceChildren(measure(words.largest, largest, largest), measure(words.trace, trace, trace));
      heads.replaceChildren(...words.heads.map((head) =>
        h("th", { scope: "col" }, fill(head, { divisor: written(divisor, 2) }))));
      rows.replaceChildren(...scores.map((score, i) => h("tr", {},
        h("th", { scope: "row" }, i + 1),
        h("td", {}, written(score, 2)),
        h("td", {}, written(divided[i], 2)),
        h("td", {}, h("div", { class: "share" }, bar(weights[i]), written(weights[i], 3))))));
      told.textContent = fill(words.told, {
        key: weights.indexOf(largest) + 1, largest: written(largest, 3), trace: written(trace, 3),
        reacts: words.reacts[slope > 2 / 3 ? 0 : slope > 1 / 6 ? 1 : 2],
      });
    };

    panel.append(
      size.row, h("label", {}, h("span", {}, words.divide), divide), temperature.row,
      measures,
      h("table", { class: "demo-table", "aria-label": words.scores }, h("thead", {}, heads), rows),
      told);
    show();
  });
})();
