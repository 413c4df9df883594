// The options of a quiz as radio buttons: choose one, and be told why it is right or not.
// Without scripts each option opens by itself. All words stand in the page.
attnbook.define("quiz-item", function (data, panel) {
  const { h } = attnbook;
  const copy = (nodes) => [...nodes].map((node) => node.cloneNode(true));
  const [question, ...options] = this.querySelector(".quiz").children;
  const told = h("div", { class: "quiz-told", role: "status" });
  const choices = options.map((option) => {
    const [summary, ...why] = option.children;
    const radio = h("input", { type: "radio", name: option.getAttribute("name"), change() {
      label.classList.add(option.className); // what was tried stays marked
      told.replaceChildren(...copy(why));
    } });
    const label = h("label", {}, radio, ...copy(summary.childNodes));
    return label;
  });
  panel.append(h("fieldset", {}, h("legend", {}, ...copy(question.childNodes)), ...choices), told);
});
