// The four steps of attention, with a query that the reader moves about.
// data: sentence; key and value (two numbers a word); outline (the values, in the order of a line
// around them); axes (names: two of the keys, two of the values); questions (name, query); reach.
(() => {
  const WORDS = {
    questions: "Questions",
    query: "query",
    output: "output",
    keysPlane: "The plane of the query and the keys",
    valuesPlane: "The plane of the values and the output",
    handle: "query; the arrow keys move it",
    steps: "The four steps, one word a row",
    heads: ["word", "score", "e^score", "weight", "weight × value"],
    sum: "sum",
    and: " and ",
    same: "No question: every word gets the same weight.",
    one: "{words} gets the most, {share} of the weight.",
    several: "{words} get the most, {share} of the weight each.",
    answer: "The output is {output}.",
  };
  const STEP = 0.1, FAST = 0.5; // what an arrow key moves; with shift
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  const MIDDLE = 150; // of the keys' plane, which is 300 wide

  const { define, dot, h, svg } = attnbook;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const written = (x, digits = 0) =>
    (Math.abs(x) < 0.5 * 10 ** -digits ? 0 : x).toFixed(digits).replace("-", "−");
  const vector = (numbers, digits) => `(${numbers.map((x) => written(x, digits)).join(", ")})`;
  const line = ([x1, y1], [x2, y2], more) => svg("line", { x1, y1, x2, y2, ...more });
  const point = ([cx, cy], r, more) => svg("circle", { cx, cy, r, ...more });
  const label = (x, y, anchor, text) => svg("text", { x, y, "text-anchor": anchor }, text);

  /** All that the four steps compute. */
  const attend = (query, { key, value }) => {
    const scores = key.map((one) => dot(query, one));
    const powers = scores.map(Math.exp);
    const total = powers.reduce((a, b) => a + b);
    const weights = powers.map((power) => power / total);
    const weighted = value.map((one, i) => one.map((x) => weights[i] * x));
    const output = weighted.reduce((a, b) => a.map((x, column) => x + b[column]));
    return { scores, powers, total, weights, weighted, output };
  };

  /** Which words get the most, and what comes out. */
  const tell = (words, sentence, weights, output) => {
    const most = Math.max(...weights), first = sentence.filter((_, i) => weights[i] > most - 1e-9);
    const all = first.length === sentence.length;
    const who = all ? words.same : first.length > 1 ? words.several : words.one;
    return fill(`${who} ${words.answer}`, { words: first.join(words.and), share: written(most, 3), output });
  };

  define("attention-playground", (data, panel) => {
    const words = { ...WORDS, ...data.words }, { sentence, key, value, reach, axes, questions } = data;
    let query;

    const unit = (MIDDLE - 10) / reach, keyAt = ([x, y]) => [MIDDLE + unit * x, MIDDLE - unit * y];
    const ticks = Array.from({ length: reach }, (_, i) => [i + 1, -i - 1]).flat();
    const shares = svg("g", { class: "shares" }), arrow = svg("g", { class: "arrow" });
    const handle = svg("g", {
      class: "handle", tabindex: 0, role: "slider", "aria-label": words.handle,
      "aria-valuemin": -reach, "aria-valuemax": reach,
    }, point([0, 0], 24), point([0, 0], 9));
    const keysPlane = svg("svg", { viewBox: "0 0 300 300", role: "group", "aria-label": words.keysPlane },
      svg("g", { class: "axes" },
        line([4, MIDDLE], [296, MIDDLE]), line([MIDDLE, 4], [MIDDLE, 296]),
        ...ticks.map((tick) => label(keyAt([tick, 0])[0], 165, "middle", written(tick))),
        ...ticks.map((tick) => label(143, keyAt([0, tick])[1] + 4, "end", written(tick))),
        label(296, 143, "end", axes[0]), label(157, 13, "start", axes[1])),
      shares,
      svg("g", { class: "role-key" }, ...key.flatMap((one, i) => {
        const [x, y] = keyAt(one);
        return [line(keyAt([0, 0]), [x, y]), point([x, y], 4),
          label(x, y + (one[1] < 0 ? 28 : -18), "middle", sentence[i])];
      })),
      arrow, handle);

    const [low, high] = [Math.min, Math.max].map((end) => [0, 1].map((c) => end(...value.map((one) => one[c]))));
    const valueAt = ([x, y]) => [
      50 + 200 * (x - low[0]) / (high[0] - low[0]), 152 - 102 * (y - low[1]) / (high[1] - low[1]),
    ];
    const pulls = svg("g", { class: "pulls" });
    const valuesPlane = svg("svg", { viewBox: "0 0 300 205", role: "img", "aria-label": words.valuesPlane },
      svg("g", { class: "axes" },
        label(296, 201, "end", `${axes[2]} →`), label(4, 13, "start", `↑ ${axes[3]}`)),
      svg("polygon", { points: data.outline.map(valueAt).join(" ") }),
      pulls,
      svg("g", { class: "role-value" }, ...value.flatMap((one, i) => {
        const [x, y] = valueAt(one);
        return [point([x, y], 4), label(x, y + (y > 100 ? 21 : -11), "middle", `${sentence[i]} ${vector(one)}`)];
      })));

    const buttons = questions.map(([name, asked]) =>
      h("button", { type: "button", click: () => move(asked) }, name));
    const asked = h("p", { class: "role-query" }), answered = h("p", { class: "role-output" });
    const rows = h("tbody"), sums = h("tfoot"), told = h("p", { role: "status" });
    const row = (name, ...cells) => h("tr", {}, h("th", { scope: "row" }, name), ...cells);
    const cell = (result, how = "") => h("td", {}, result, h("small", {}, how)); // and its arithmetic
    const share = (weight) => h("div", { class: "share" },
      h("i", { style: `--share: ${weight}` }), written(weight, 3));
    const product = (a, b) => `${a} · ${b < 0 ? `(${written(b)})` : written(b)}`;

    const show = () => {
      const { scores, powers, total, weights, weighted, output } = attend(query, data);
      const tip = keyAt(query), end = valueAt(output), out = vector(output, 2);

      arrow.replaceChildren(line(keyAt([0, 0]), tip));
      handle.setAttribute("transform", `translate(${tip})`);
      handle.setAttribute("aria-valuenow", query[0].toFixed(1));
      handle.setAttribute("aria-valuetext", query.map((x, c) => `${axes[c]} ${written(x, 1)}`).join(", "));
      shares.replaceChildren(...key.map((one, i) => point(keyAt(one), 30 * Math.sqrt(weights[i]))));
      pulls.replaceChildren(
        ...value.map((one, i) => line(end, valueAt(one), { "stroke-width": 0.5 + 9 * weights[i] })),
        point(end, 6));

      asked.textContent = `${words.query} ${vector(query, 1)}`;
      answered.textContent = `${words.output} ${out}`;
      questions.forEach(([, one], i) =>
        buttons[i].setAttribute("aria-pressed", vector(one, 1) === vector(query, 1)));
      rows.replaceChildren(...sentence.map((word, i) => row(word,
        cell(written(scores[i], 1), key[i].map((k, c) => product(written(query[c], 1), k)).join(" + ")),
        cell(written(powers[i], 3)),
        cell(share(weights[i]), `${written(powers[i], 3)} / ${written(total, 3)}`),
        cell(vector(weighted[i], 2), `${written(weights[i], 3)} · ${vector(value[i])}`))));
      sums.replaceChildren(row(words.sum, cell(""), cell(written(total, 3)), cell(written(1, 3)),
        h("td", { class: "role-output" }, out)));
      told.textContent = tell(words, sentence, weights, out);
    };

    const move = (to) => {
      query = to.map((x) => Math.max(-reach, Math.min(reach, Math.round(x / STEP) * STEP)));
      show();
    };
    const follow = ({ clientX, clientY }) => {
      const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(keysPlane.getScreenCTM().inverse());
      move([(x - MIDDLE) / unit, (MIDDLE - y) / unit]);
    };
    handle.addEventListener("keydown", (event) => {
      const way = ARROWS[event.key];
      if (!way) return;
      event.preventDefault(); // the page stays
      move(query.map((x, c) => x + way[c] * (event.shiftKey ? FAST : STEP)));
    });
    // A finger would scroll the page: touch-action means nothing inside of an SVG.
    handle.addEventListener("touchstart", (event) => event.preventDefault());
    handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) follow(event);
    });
    keysPlane.addEventListener("click", follow);

    panel.append(
      h("div", { class: "demo-buttons", role: "group", "aria-label": words.questions }, ...buttons),
      h("div", { class: "keys-plane" }, asked, keysPlane),
      h("table", { class: "demo-table", "aria-label": words.steps },
        h("thead", {}, h("tr", {}, ...words.heads.map((head) => h("th", { scope: "col" }, head)))),
        rows, sums),
      h("div", { class: "values-plane" }, answered, valuesPlane),
      told);
    move(questions[0][1]);
  });
})();
