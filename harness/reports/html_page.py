"""The page: messages in Cucumber's own HTML report (`@cucumber/html-formatter`), one file that works offline.

What the official package is built from is in `html_formatter/`; its template is filled here as its own JavaScript does.
"""

import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).with_name("html_formatter")


def page(messages: Iterable[Any], title: str, custom_script: str = "") -> str:
    """Return the page of `messages`; `title` names it in the browser, `custom_script` runs after the report's own."""
    parts = {
        "title": escape(title),
        "icon": _asset("icon.url"),
        "css": _asset("main.css"),
        "custom_css": "#report { padding: 0.5rem 1.5rem; }",
        # As its own JavaScript has it: nothing in a message can end the script that it stands in.
        "messages": ",".join(json.dumps(message).replace("<", r"\x3C") for message in messages),
        "script": _asset("main.js"),
        "custom_script": custom_script,
    }
    return re.sub(r"{{(\w+)}}", lambda found: parts[found[1]], _asset("index.mustache"))


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
