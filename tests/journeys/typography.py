"""Where a line of a page could begin or end with French punctuation."""

from __future__ import annotations

#: A script: texts, read or heard, with a plain space before or after such a mark (app/dev/typography.py).
LOOSE = r"""() => {
  const loose = /[ \t\n](?:[;?!:»](?![\w=])|[€%](?!\w))|«[ \t\n]/;
  const names = ["alt", "aria-label", "aria-description", "placeholder", "title", "data-label",
    "data-confirm", "data-confirm-title"];
  const texts = [...document.querySelectorAll("*")].flatMap((one) => names.map((name) => one.getAttribute(name) ?? ""));
  const walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (walk.nextNode())
    if (!walk.currentNode.parentElement.closest("script, style, textarea")) texts.push(walk.currentNode.data);
  return texts.filter((text) => loose.test(text)).map((text) => `${location.pathname}: a plain space in « ${text.trim()} »`);
}"""
