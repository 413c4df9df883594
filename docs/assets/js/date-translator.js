// A date, translated in the reader's browser by the trained network, one token at a time.
// data: text (the date to begin with), kilobytes (of the weights, which the button asks for).
(() => {
  const WORDS = {
    field: "A date in English",
    translate: "Translate",
    before: "The network runs in this page. The button loads its weights, {kilobytes} kB.",
    loading: "Loading {kilobytes} kB of weights …",
    failed: "The weights could not be loaded. Press the button to try again.",
    empty: "Write a date first.",
    known: "Read as {count} tokens, all of them known.",
    unknown: "Not in the vocabulary, so read as {name}:",
    written: "Written so far",
    next: "Likeliest at this step",
    back: "Back",
    play: "Play",
    pause: "Pause",
    forward: "Next",
    step: "Step",
    of: "{step} of {steps}",
    layer: "Layer",
    looks: "Attention to each token, in %",
    now: "At this step",
    all: "Mean of the heads, at every step so far",
    head: "head {head}",
    space: "(space)",
    end: "(end)",
    told: "Step {step} of {steps}. Most attention: {word} (token {number}), {share}. Written: ",
    done: "The network wrote: ",
    cut: "No end after {steps} tokens. The network wrote: ",
  };
  const PACE = 700, CANDIDATES = 4; // milliseconds a step; tokens shown

  const { define, h, load } = attnbook;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const percent = (share) => `${(100 * share).toFixed(1)}%`;
  const mean = (rows) => rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  const korean = (text, more = {}) => h("span", { lang: "ko", ...more }, text);

  define("date-translator", (data, panel) => {
    const words = { ...WORDS, ...data.words }, host = panel.parentElement;
    let model, source, steps, timer, at = 0;

    const name = (id) => {
      if (id === model.eos_id) return words.end;
      return model.tokens[id] === " " ? words.space : korean(model.tokens[id]);
    };
    const text = (count) => steps.slice(0, count).filter(({ newest }) => newest !== model.eos_id)
      .map(({ newest }) => model.tokens[newest]).join("");

    const field = h("input", { type: "text", value: data.text, maxlength: 40, autocomplete: "off", spellcheck: "false" });
    const read = h("p", { class: "read" }, fill(words.before, data));
    const button = (word, act) => h("button", { type: "button", click: act }, word);
    const back = button(words.back, () => { stop(); show(at - 1, true); });
    const forward = button(words.forward, () => { stop(); show(at + 1, true); });
    const play = button(words.play, () => (timer ? stop(true) : start()));
    const slider = h("input", { type: "range", min: 1, value: 1, input: () => { stop(); show(+slider.value, true); } });
    const place = h("output"), written = h("p", { class: "written" }), told = h("p", { role: "status" });
    const candidates = h("ol", { class: "next" }), looks = h("table", { class: "looks", "aria-label": words.looks });
    const layer = h("select", { change: () => show(at) });
    const caption = (word) => h("p", { class: "caption" }, word);
    const shown = h("div", { hidden: true },
      caption(words.written), written,
      h("div", { class: "demo-buttons" }, back, play, forward, h("label", {}, words.step, slider, place)),
      told,
      caption(words.next), candidates,
      h("div", { class: "over" }, caption(words.looks), h("label", {}, words.layer, layer)), looks);

    /** One row of attention weights, each cell as full as its weight. */
    const row = (head, weights, more) => h("tr", more, h("th", { scope: "row" }, head), ...weights.map((weight) =>
      h("td", { style: `--weight: ${weight}`, class: weight > 0.8 ? "high" : weight > 0.6 && "mid" }, (100 * weight).toFixed(0))));
    const title = (word) => h("tr", {}, h("th", { scope: "rowgroup", colspan: source.length + 1 }, word));

    /** Show a step, from 1 on: what came out of the network there, and where it looked. */
    const show = (step, spoken) => {
      at = Math.max(1, Math.min(step, steps.length));
      const { newest, shares } = steps[at - 1];
      const heads = ({ looks }) => looks[layer.value - 1].cross_attention.map(([weights]) => weights);

      slider.value = at;
      place.textContent = fill(words.of, { step: at, steps: steps.length });
      slider.setAttribute("aria-valuetext", place.textContent);
      back.disabled = at === 1;
      forward.disabled = at === steps.length;

      const last = newest === model.eos_id ? words.end : model.tokens[newest];
      written.replaceChildren(korean(text(at - 1)), h("mark", { lang: newest !== model.eos_id && "ko" }, last));
      const likeliest = shares.map((share, id) => [share, id]).sort((a, b) => b[0] - a[0]).slice(0, CANDIDATES);
      candidates.replaceChildren(...likeliest.map(([share, id]) => h("li", {},
        h("span", {}, name(id)), h("span", {}, percent(share)), h("i", { class: "bar", style: `--share: ${share}` }))));

      looks.classList.toggle("many", source.length > 9);
      looks.replaceChildren(
        h("thead", {}, h("tr", {}, h("td"), ...source.map(({ word, known }) =>
          h("th", { scope: "col", class: word.length > 2 && "long" }, h("span", { class: !known && "unknown" }, word))))),
        h("tbody", {}, title(words.now), ...heads(steps[at - 1]).map((weights, head) =>
          row(fill(words.head, { head: head + 1 }), weights))),
        h("tbody", {}, title(words.all), ...steps.map((it, i) => // rows to come keep their room
          row(name(it.newest), mean(heads(it)), { class: i >= at ? "to-come" : i === at - 1 && "now" }))));

      if (at === steps.length) {
        const ended = newest === model.eos_id ? words.done : fill(words.cut, { steps: at });
        told.replaceChildren(ended, korean(text(at)));
      } else if (spoken) {
        const weights = mean(heads(steps[at - 1])), most = weights.indexOf(Math.max(...weights));
        told.replaceChildren(fill(words.told, {
          step: at, steps: steps.length, word: source[most].word, number: most + 1, share: percent(weights[most]),
        }), name(newest));
      }
    };

    const start = () => {
      if (at === steps.length) show(1);
      told.replaceChildren();
      play.textContent = words.pause;
      timer = setInterval(() => {
        if (panel.isConnected) show(at + 1);
        if (at === steps.length || !panel.isConnected) stop();
      }, PACE);
    };
    const stop = (spoken) => {
      clearInterval(timer);
      timer = undefined;
      play.textContent = words.play;
      if (spoken) show(at, true);
    };

    const translate = async (event) => {
      event.preventDefault();
      if (!field.value.trim()) return read.replaceChildren(words.empty);
      stop();
      host.classList.add("running"); // from here on the panel stands where the figure stood
      try {
        if (!model) {
          read.textContent = fill(words.loading, data);
          await Promise.all([load("transformer.js"), load("date-model.js")]);
          model = attnbook.readModel(attnbook.dateModel);
          layer.append(...model.weights.decoder.layers.map((_, i, all) => h("option", { selected: i === all.length - 1 }, i + 1)));
        }
      } catch {
        host.classList.remove("running");
        return read.replaceChildren(words.failed);
      }
      const tokens = attnbook.splitWords(field.value), ids = attnbook.encodeTokens(model, tokens);
      source = tokens.map((word, i) => ({ word, known: ids[i] !== model.unk_id }));
      steps = attnbook.greedy(model, ids);
      slider.max = steps.length;
      const strangers = source.filter(({ known }) => !known).map(({ word }) => h("mark", { class: "unknown" }, word));
      read.replaceChildren(...(strangers.length
        ? [fill(words.unknown, { name: model.tokens[model.unk_id] }), ...strangers.flatMap((it) => [" ", it])]
        : [fill(words.known, { count: ids.length })]));
      shown.hidden = false;
      told.replaceChildren();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return show(steps.length);
      show(1);
      start();
    };

    panel.append(
      h("form", { submit: translate }, h("label", {}, h("span", {}, words.field), field), h("button", {}, words.translate)),
      read, shown);
    host.prepend(panel);
  });
})();
