// Two places as the hands of clocks, and the turn that leads from the first to the second.
// data: speeds (how far each hand turns a step), places (the two at the start), last (place).
(() => {
  const WORDS = {
    first: "first place",
    second: "second place",
    both: "move both together",
    table: "The hands of two places",
    hand: "hand",
    speed: "ω",
    place: "place {place}",
    sine: "sin",
    cosine: "cos",
    turn: "turn",
    radians: "θ = {shift}ω",
    adds: "cos θ",
    matrix: "Hand {hand}: the matrix of the turn, times place {from}, gives place {to}.",
    told: "A shift of {shift}. The cosines in the last row add up to the dot product: {sum}, of at most {most}.",
  };
  const ROLES = ["first", "second", "turn"];

  const { define, dot, h, svg } = attnbook;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const written = (x, digits = 2) =>
    (Math.abs(x) < 0.5 * 10 ** -digits ? 0 : x).toFixed(digits).replace("-", "−");
  const tip = (angle) => [Math.sin(angle), Math.cos(angle)]; // the pair of the table, and on the clock x and y

  /** A clock with one hand; `slice` also fills what the hand has turned by, whole turns left out. */
  const clock = (angle, slice) => {
    const [x, y] = tip(angle), past = angle % (2 * Math.PI);
    const wide = Math.abs(past) > Math.PI ? 1 : 0, clockwise = past > 0 ? 1 : 0;
    return svg("svg", { viewBox: "-1.1 -1.1 2.2 2.2", "aria-hidden": "true" },
      svg("circle", { r: 1 }),
      ...(slice ? [svg("path", { d: `M0 0V-1A1 1 0 ${wide} ${clockwise} ${x} ${-y}Z` })] : []),
      svg("line", { x2: x, y2: -y }));
  };

  const matrix = (rows, role) => h("span", { class: `matrix ${role}`, style: `--columns: ${rows[0].length}` },
    ...rows.flat().map((x) => h("span", {}, written(x))));

  define("position-fingerprint", (data, panel) => {
    const words = { ...WORDS, ...data.words }, { speeds, last } = data;
    const places = [...data.places];
    let chosen = 0;

    const sliders = ["first", "second"].map((role, which) => h("input", {
      type: "range", min: 0, max: last, value: places[which], class: role,
      input() { move(which, sliders[which].valueAsNumber - places[which]); },
    }));
    const shown = places.map(() => h("span", { class: "shown" })); // the slider says it to who does not see it
    const both = h("input", { type: "checkbox" });

    /** Both keep their distance: at an end of the text neither of them goes on. */
    const move = (which, by) => {
      const moved = both.checked ? [0, 1] : [which];
      for (const it of moved) by = Math.max(-places[it], Math.min(last - places[it], by));
      for (const it of moved) places[it] += by;
      draw();
    };

    const radios = speeds.map((_, hand) => h("input", {
      type: "radio", name: "hand", checked: hand === chosen, "aria-label": `${words.hand} ${hand}`,
      change() { chosen = hand; draw(); },
    }));
    const columns = speeds.map(() => h("col"));
    const row = (head, cells, role) => h("tr", { class: role },
      h("th", { scope: "row" }, ...head), ...cells.map((cell) => h("td", {}, ...cell)));
    const line = (text) => h("span", {}, text);
    const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.hand),
      ...radios.map((radio, hand) => h("th", { scope: "col" }, h("label", {}, radio, `${hand}`)))));
    const body = h("tbody", { click(event) {
      const hand = (event.target.closest("td")?.cellIndex ?? 0) - 1;
      if (radios[hand]) radios[hand].click();
    } });
    const step = h("div", { class: "step" }), told = h("p", { role: "status" });

    const draw = () => {
      const [from, to] = places, shift = to - from, turns = speeds.map((speed) => shift * speed);
      const hands = places.map((place) => speeds.map((speed) => tip(place * speed)));
      const parts = turns.map((_, hand) => dot(hands[0][hand], hands[1][hand]));
      const sum = written(parts.reduce((a, b) => a + b, 0));
      places.forEach((place, which) => {
        sliders[which].value = place;
        shown[which].textContent = place;
      });
      columns.forEach((column, hand) => column.classList.toggle("chosen", hand === chosen));
      body.replaceChildren(
        row([line(words.speed)], speeds.map((speed) => [line(written(speed, speed < 0.1 ? 4 : 2))]), "speeds"),
        ...places.map((place, which) => row(
          [line(fill(words.place, { place })), line(words.sine), line(words.cosine)],
          hands[which].map((pair, hand) => [clock(place * speeds[hand]), ...pair.map((x) => line(written(x)))]),
          ROLES[which])),
        row([line(words.turn), line(fill(words.radians, { shift: written(shift, 0) })), line(words.adds)],
          turns.map((turn, hand) => [clock(turn, true), line(written(turn)), line(written(parts[hand]))]), "turn"));
      const [sine, cosine] = tip(turns[chosen]);
      step.replaceChildren(
        h("p", {}, fill(words.matrix, { hand: chosen, from, to })),
        matrix([[cosine, sine], [-sine, cosine]], "turn"), " · ",
        matrix(hands[0][chosen].map((x) => [x]), "first"), " = ",
        matrix(hands[1][chosen].map((x) => [x]), "second"));
      told.textContent = fill(words.told, { shift: written(shift, 0), sum, most: speeds.length });
    };

    panel.append(
      ...sliders.map((slider, which) => h("label", {}, h("span", {}, words[ROLES[which]]), slider, shown[which])),
      h("label", {}, both, h("span", {}, words.both)),
      h("table", { class: "clocks", "aria-label": words.table },
        h("colgroup", {}, h("col"), ...columns), head, body),
      told, step);
    draw();
  });
})();
