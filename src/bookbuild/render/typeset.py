r"""One formula, from TeX to HTML with MathML, by KaTeX in its own JavaScript engine.

Beside KaTeX's macros, `\query{Q}`, `\key{K}`, `\val{V}`, `\weights{A}` and `\out{O}` give
a symbol the colour of its role, whose class the stylesheet knows, and a link to `sym-query`
and so on, whose page `symbols` fills in.
"""

import atexit
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

KATEX = Path(__file__).parent / "katex" / "katex.min.js"
MACROS = {
    "query": "query",
    "key": "key",
    "val": "value",
    "weights": "weights",
    "out": "output",
}

RENDER = r"""
const roles = Object.values(MACROS).map((role) => "role-" + role);
const macros = Object.entries(MACROS).map(
  ([name, role]) => ["\\" + name, `\\href{sym-${role}}{\\htmlClass{role-${role}}{#1}}`]);

function trust(asked) {
  if (asked.command === "\\htmlClass" && roles.includes(asked.class)) return true;
  if (asked.command === "\\href" && asked.url.startsWith("sym-")) return true;
  throw new Error(asked.command + " is not allowed here");
}

function render(tex, display) {
  const options = {
    displayMode: display,
    macros: Object.fromEntries(macros),
    trust: trust,
    strict: (code) => code === "htmlExtension" ? "ignore" : "error",
  };
  try {
    return [katex.renderToString(tex, options), ""];
  } catch (error) {
    return ["", error.message];
  }
}
"""


@cache
def render(tex: str, display: bool = False) -> str:
    """The formula as HTML with MathML; set once in a process, however often it stands.

    Raises:
        ValueError: If KaTeX cannot read it, or if it asks for what a formula may not do
            (a link, an image, a class that is no role). The message is KaTeX's own.
    """
    if "{{=" in tex:
        raise ValueError("a computed value cannot stand inside a formula")
    html, error = _engine().call("render", tex, display)
    if error:
        # KaTeX underlines the place with combining characters; few terminals show them.
        raise ValueError(
            error.replace("\u0332", "").removeprefix("KaTeX parse error: ")
        )
    return html


def plain(tex: str) -> str:
    """The formula as words, for a table of contents: `sqrt d_k`."""
    words = re.sub(rf"\\(?:{'|'.join(MACROS)})\b", "", tex)
    words = re.sub(r"\\([A-Za-z]+)", r"\1 ", words)
    return " ".join(re.sub(r"[{}\\]", "", words).split())


@cache
def _engine() -> Any:
    """KaTeX, loaded by the first formula: a page without one does not wait for it."""
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    # Left to the interpreter's own end, the engine's thread would never be joined.
    atexit.register(engine.close)
    engine.eval(KATEX.read_text(encoding="utf-8"))
    engine.eval(f"const MACROS = {json.dumps(MACROS)};{RENDER}")
    return engine
