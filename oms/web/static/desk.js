// The desk works without script as plain forms and links; this adds keys, and keeps a selection while a list refreshes.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("tr[data-key]")];
  const boxes = () => rows().map((row) => row.querySelector("input[type=checkbox]")).filter(Boolean);
  let here = "";

  const show = (row) => {
    rows().forEach((each) => each.classList.toggle("here", each === row));
    here = row ? row.dataset.key : "";
  };
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.dataset.key === here);
    const row = all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)];
    row.querySelector("a").focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const tell = () => {
    const all = boxes();
    const picked = all.filter((box) => box.checked).length;
    const words = document.getElementById("picked");
    const whole = document.getElementById("pick-all");
    if (words) words.textContent = picked ? `${picked} ${words.dataset.words}` : "";
    if (whole) {
      whole.hidden = !all.length;
      whole.checked = picked > 0 && picked === all.length;
      whole.indeterminate = picked > 0 && picked < all.length;
    }
    rows().forEach((row) => {
      const box = row.querySelector("input[type=checkbox]");
      if (box && box.checked) row.setAttribute("aria-selected", "true");
      else row.removeAttribute("aria-selected");
    });
  };
  const pick = () => {
    const row = rows().find((each) => each.dataset.key === here);
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) {
      box.checked = !box.checked;
      tell();
    }
  };
  const help = () => {
    const keys = document.getElementById("keys");
    if (!keys) return;
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  };
  const keys = {
    "/": () => document.getElementById("search")?.focus(),
    "?": help,
    j: () => step(1),
    k: () => step(-1),
    x: pick,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (typing && event.key === "Escape") typing.blur();
    if (typing || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-key]");
    if (row) show(row);
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "pick-all") boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("input[type=checkbox]")) tell();
  });

  // A refreshed list is another element: what was selected, where the reader was and what stood open is put back.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    kept = {
      picked: new Set(boxes().filter((box) => box.checked).map((box) => box.value)),
      row: active && active.closest("tr[data-key]")?.dataset.key,
      box: active && active.matches("input"),
      link: active && active.getAttribute("href"),
      open: [...part.querySelectorAll("details")].map((each) => each.open),
    };
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!kept) return;
    boxes().forEach((box) => { box.checked = kept.picked.has(box.value); });
    const part = document.getElementById(event.detail.target.id) || document;
    part.querySelectorAll("details").forEach((each, n) => { each.open = kept.open[n] ?? each.open; });
    const row = rows().find((each) => each.dataset.key === kept.row);
    if (row) row.querySelector(kept.box ? "input" : "a")?.focus({ preventScroll: true });
    else if (kept.link) part.querySelector(`a[href="${CSS.escape(kept.link)}"]`)?.focus({ preventScroll: true });
    else show(rows().find((each) => each.dataset.key === here));
    kept = null;
    tell();
  });
  tell();
})();
