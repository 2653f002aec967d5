// Everything works without this file; with it, drafts save themselves, uploads show progress, and explanations open in place.
"use strict";
const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// A double click is one click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});

// What the draft's own save has found beside it (static/js/typed.js saves).
document.addEventListener("draft:answered", (event) => {
  const alike = document.querySelector("[data-alike]");
  if (alike && "alike" in event.detail) { alike.innerHTML = event.detail.alike; alike.parentElement.hidden = !event.detail.alike; }
});

// What is wrong is read first: once, at the top.
document.querySelector("[data-summary]")?.focus();

// An address that names an act opens its panel.
const opened = () => {
  const panel = location.hash.startsWith("#act-") && document.getElementById(location.hash.slice(1))?.querySelector("details");
  if (panel) { panel.open = true; panel.querySelector("textarea, input:not([type=hidden]), select")?.focus(); }
};
window.addEventListener("hashchange", opened); opened();
for (const link of $$('a[href^="#act-"]')) link.addEventListener("click", () => setTimeout(opened));

// Codes are checked as typed, by the same check that saving asks; what is said stands beside the field's name.
const checkCode = async (party) => {
  const at = (suffix) => party.querySelector(`[name$="${suffix}"]`)?.value || "";
  const place = party.querySelector("output[data-check]"), code = at("code");
  if (!place) return;
  if (code.trim().length < 5) { place.textContent = ""; return; }
  const asked = { kind: at("kind"), document: at("document"), words: at("document_words"), code };
  const answer = await fetch(place.dataset.check + "?" + new URLSearchParams(asked));
  if (!answer.ok || at("code") !== code) return;
  const said = await answer.json();
  place.className = said.problem ? "told wrong" : "told right";
  place.textContent = said.problem || (said.document ? `✓ ${said.document} ${said.code}` : "");
};
for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => {
  const party = event.target.closest?.(".party");
  if (party && /(kind|document|document_words|code)$/.test(event.target.name || "")) checkCode(party);
});

// Further parties come and go without a round trip; without scripts the same buttons save and show the draft again.
const nextRow = () => 1 + Math.max(-1, ...$$(".parties [name^=further_parties-]").map((field) => Number(field.name.split("-")[1])));
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-party]"), remove = event.target.closest("[data-remove-party]");
  if (!add && !remove) return;
  event.preventDefault();
  const place = document.querySelector(".parties");
  if (add) {
    const made = document.createElement("template");
    made.innerHTML = document.querySelector("#empty-party").innerHTML.replaceAll("__n__", String(nextRow()));
    place.append(made.content);
    place.lastElementChild.querySelector("select, input").focus();
  } else {
    remove.closest(".party").remove();
    document.querySelector("[data-add-party]").focus();
  }
  place.dispatchEvent(new Event("input", { bubbles: true }));
});

// Long selects can be narrowed by Chinese words or pinyin initials.
for (const box of $$("input[data-narrows]")) {
  const select = document.getElementById(box.dataset.narrows), all = [...select.options];
  box.hidden = false;
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase(), chosen = select.value;
    select.replaceChildren(...all.filter((o) => !wanted || !o.value || o.value === chosen || o.text.toLowerCase().includes(wanted) || (o.dataset.pinyin || "").includes(wanted)));
    const hits = [...select.options].filter((o) => o.value && o.value !== chosen);
    if (wanted && hits.length === 1) { select.value = hits[0].value; select.dispatchEvent(new Event("change", { bubbles: true })); }
  });
}
// Who is competent is suggested from the matter, with the reason.
const matter = document.querySelector("#id_matter"), to = document.querySelector("#id_to_agency");
if (matter && to) {
  const suggest = (fill) => {
    const option = matter.selectedOptions[0], place = document.querySelector("#suggested");
    if (!option?.dataset.agency || !place) return;
    const agency = [...to.options].find((o) => o.value === option.dataset.agency);
    place.textContent = agency ? place.dataset.words + agency.text + "（" + option.dataset.why + "）" : place.dataset.own;
    if (fill && agency && !to.value) { to.value = agency.value; to.dispatchEvent(new Event("input", { bubbles: true })); }
  };
  matter.addEventListener("change", () => suggest(true)); suggest(false);
}

// A due date explains itself in place.
for (const link of $$("a[data-opens]")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const place = document.getElementById(link.dataset.opens);
    if (place.childElementCount) { place.replaceChildren(); link.setAttribute("aria-expanded", "false"); return; }
    const answer = await fetch(link.href + "?part=1");
    if (answer.ok) { place.innerHTML = await answer.text(); link.setAttribute("aria-expanded", "true"); } else location = link.href;
  });
}
for (const select of $$("select[data-submits]")) select.addEventListener("change", () => select.form.requestSubmit());
for (const button of $$("button[data-print]")) button.addEventListener("click", () => window.print());
