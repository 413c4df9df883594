// What scrolls can be reached by keyboard, and what the theme adds to a page has a name.
document$.subscribe(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const reach = () => each("div.math, .bookbuild-figure, .md-typeset__scrollwrap, pre > code", (box) =>
    box.scrollWidth > box.clientWidth ? box.setAttribute("tabindex", 0) : box.removeAttribute("tabindex"));
  each(".md-annotation__index", (button) => button.setAttribute("aria-label", "Annotation"));
  each(".md-code__nav", (buttons) => buttons.setAttribute("role", "none")); // no landmark
  reach();
  document.fonts.ready.then(reach); // a formula takes its width from its font
  window.onresize = reach;
});
