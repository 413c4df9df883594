// All heads of a trained model: choose one, point at a row, and see what that row looks at.
// data: english, korean (tokens), maps (for each layer its heads: hundredths, in base 16, row by row),
// begin (layer, head and row at the start).
(() => {
  const WORDS = {
    kinds: {
      encoder_self: "encoder self-attention",
      decoder_self: "decoder self-attention",
      decoder_cross: "cross-attention",
    },
    choose: "All heads. Left: layer 0. Right: layer 1.",
    name: "{kind}, layer {layer}, head {head}",
    row: "Row {row}",
    start: "start",
    end: "end",
    space: "␣",
    step: "{read} → {written}",
    reads: "“{read}”",
    writes: "“{read}” was read, “{written}” comes next",
    told: "{asks}: looks most at token {place}, “{token}”, with {weight}.",
  };

  const { define, h, svg } = attnbook;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const written = (hundredths) => (hundredths / 100).toFixed(2);

  /** Text on a colour as full as its weight. */
  const shade = (element, weight) => {
    element.style.setProperty("--full", `${weight}%`);
    element.classList.add("shade", ...(weight > 80 ? ["high"] : weight > 60 ? ["mid"] : []));
    return element;
  };

  /** A map without its words: one path for each of nine steps of darkness. */
  const small = (rows) => {
    const paths = Array.from({ length: 10 }, () => "");
    rows.forEach((row, y) => row.forEach((weight, x) => {
      paths[Math.round(weight * 0.09)] += `M${x} ${y}h1v1h-1z`;
    }));
    return svg("svg", { viewBox: `0 0 ${rows[0].length} ${rows.length}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      ...paths.slice(1).map((d, i) => svg("path", { d, "fill-opacity": (i + 1) / 9 })));
  };

  define("head-explorer", (data, panel) => {
    const words = { ...WORDS, ...data.words };
    const spelt = (tokens) => tokens.map((token) => (token === " " ? words.space : token));
    const english = spelt(data.english), korean = spelt(data.korean);
    const read = [words.start, ...korean], next = [...korean, words.end];

    const heads = Object.entries(data.maps).flatMap(([path, maps]) => {
      const [stack, , layer, attention] = path.split("."), kind = `${stack}_${attention.split("_")[0]}`;
      const asking = stack === "encoder" ? english : read;
      const asked = kind === "decoder_self" ? read : english;
      return maps.map((letters, head) => {
        const weights = letters.match(/../g).map((two) => parseInt(two, 16));
        const rows = asking.map((_, i) => weights.slice(i * asked.length, (i + 1) * asked.length));
        const name = fill(words.name, { kind: words.kinds[kind], layer, head });
        return { path, kind, layer, head, name, asking, asked, rows };
      });
    });
    const [path, first, begin] = data.begin;
    let chosen = heads.find((it) => it.path === path && it.head === first), lit = begin;

    const asks = (i, mine, ours) => (chosen.kind === "encoder_self"
      ? fill(mine, { read: chosen.asking[i] }) : fill(ours, { read: read[i], written: next[i] }));
    const language = (tokens) => (tokens === english ? "en" : "ko");

    const told = h("p", { role: "status" });
    const seen = h("div", { class: "seen" }), map = h("table");

    /** Light a row, and write out what it looks at. */
    const light = (i) => {
      lit = i;
      [...map.tBodies[0].rows].forEach((row, j) => row.classList.toggle("lit", j === i));
      map.querySelectorAll("input")[i].checked = true;
      const { asked, rows } = chosen, most = rows[i].indexOf(Math.max(...rows[i]));
      told.textContent = fill(words.told, {
        asks: asks(i, words.reads, words.writes), place: most, token: asked[most], weight: written(rows[i][most]),
      });
      seen.replaceChildren(...asked.map((token, j) => shade(h("span", {},
        h("span", { lang: language(asked) }, token), h("span", {}, written(rows[i][j]))), rows[i][j])));
    };

    const draw = () => {
      const { asking, asked, rows, name } = chosen;
      map.className = asked === english ? "written" : "";
      map.replaceChildren(
        h("caption", {}, name),
        h("thead", {}, h("tr", {}, h("td"), ...asked.map((token) =>
          h("th", { scope: "col", lang: language(asked) }, h("span", { class: token.length > 1 && "long" }, token))))),
        h("tbody", {}, ...rows.map((row, i) => h("tr", {},
          h("th", { scope: "row", lang: language(asking) }, h("label", {},
            h("input", { type: "radio", name: "row", "aria-label": `${fill(words.row, { row: i })}: ${asks(i, words.reads, words.writes)}`, change: () => light(i) }),
            asks(i, "{read}", words.step))),
          ...row.map((weight) => shade(h("td", {}, written(weight)), weight))))));
      light(Math.min(lit, rows.length - 1));
    };
    const point = (event) => {
      const row = event.target.closest("tbody tr");
      if (row) light(row.sectionRowIndex);
    };
    map.addEventListener("pointerover", point);
    map.addEventListener("click", point);

    // The heads as they lie in the model: one group a kind, one line a layer.
    const radios = [];
    const groups = Object.keys(words.kinds).map((kind) => h("div", {}, h("p", {}, words.kinds[kind]),
      h("div", {}, ...heads.filter((it) => it.kind === kind).map((it) => {
        const radio = h("input", {
          type: "radio", name: "head", "aria-label": it.name, checked: it === chosen,
          change() { chosen = it; draw(); },
        });
        radios.push(radio);
        return h("label", { title: it.name }, radio, small(it.rows));
      }))));
    const leap = (event) => {
      const step = { ArrowUp: -8, ArrowDown: 8 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = radios[radios.indexOf(event.target) + step];
      if (next) { next.focus(); next.click(); }
    };
    panel.append(h("fieldset", { keydown: leap }, h("legend", {}, words.choose), ...groups), map, told, seen);
    draw();
  });
})();
