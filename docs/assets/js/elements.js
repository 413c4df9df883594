// Loads the script of each custom element that a page holds, and what such scripts share.
// Without scripts the figure inside an element stands as it is.
(() => {
  const base = new URL(".", document.currentScript.src);
  const loaded = {};

  /** Runs a script of the site once; the address is relative to this file. */
  const load = (name) => loaded[name] ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    const onerror = () => { delete loaded[name]; failed(); }; // it may come another time
    Object.assign(script, { src: new URL(name, base), onload: done, onerror });
    document.head.append(script);
  });

  /** An element: h("p", { class: "told" }, "text", child). Functions listen to events. */
  const make = (space) => (tag, attributes = {}, ...children) => {
    const element = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  };

  /** A custom element: `start(data)` fills a panel, which takes the place of the figure. */
  const define = (name, start) => customElements.define(name, class extends HTMLElement {
    connectedCallback() {
      if (this.panel) return;
      this.panel = make(XHTML)("div", { class: "demo-panel" });
      this.classList.add("live"); // the stylesheet hides the figure, but not on paper
      this.append(this.panel);
      start.call(this, JSON.parse(this.getAttribute("data") || "{}"), this.panel);
    }
  });

  const XHTML = "http://www.w3.org/1999/xhtml";
  window.attnbook = {
    load, define, h: make(XHTML), svg: make("http://www.w3.org/2000/svg"),
    softmax(scores) {
      const largest = Math.max(...scores), powers = scores.map((s) => Math.exp(s - largest));
      const total = powers.reduce((a, b) => a + b, 0);
      return powers.map((p) => p / total);
    },
    dot: (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0),
  };

  document$.subscribe(() => {
    for (const element of document.querySelectorAll(".md-content :not(:defined)")) {
      load(`${element.localName}.js`);
    }
  });
})();
