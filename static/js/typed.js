// What is typed into a form is kept on the server for its author alone, from the first keystroke until it is sent.
// Without this file nothing is lost either: the server keeps what a refused post carried.
"use strict";
(() => {
  const said = document.querySelector("meta[name=typed-words]")?.dataset;
  if (!said) return;
  const NOT_WORDS = new Set(["csrfmiddlewaretoken", "typed_by", "typed_form", "typed_sheet", "version", "over"]);
  const LOCAL = "typed:", RETRY = 15000, PAUSE = 1000;
  const csrf = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
  const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  const fresh = () => hex(crypto.getRandomValues(new Uint8Array(16)));
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes)), bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  // Copies on this machine are sealed under a key that the server tells their author alone; the page cannot export it.
  let lock = null, asking = null;
  const unlock = () => (asking ||= askForKey().finally(() => { if (!lock) asking = null; }));
  const askForKey = async () => {
    if (!crypto.subtle) return null;
    const answer = await fetch(said.key, { redirect: "manual" });
    if (!answer.ok) return null;
    const told = await answer.json();
    const key = await crypto.subtle.importKey("raw", bytesOf(told.key), "AES-GCM", false, ["encrypt", "decrypt"]);
    return (lock = { key, owner: told.owner, mark: told.mark });
  };
  const putAside = async (place, sheet) => {
    if (!lock) return false;
    try {
      const iv = crypto.getRandomValues(new Uint8Array(12)), plain = new TextEncoder().encode(JSON.stringify(sheet));
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, lock.key, plain));
      localStorage.setItem(`${LOCAL}${lock.owner}:${place}`, JSON.stringify({ iv: base64(iv), sealed: base64(sealed) }));
      return true;
    } catch { return false; }
  };
  const dropAside = (place) => lock && localStorage.removeItem(`${LOCAL}${lock.owner}:${place}`);
  // At the author's next page the copy goes home to the server. What another person left here is removed unread.
  const bringHome = async () => {
    const copies = Object.keys(localStorage).filter((name) => name.startsWith(LOCAL));
    if (!copies.length || !(await unlock())) return;
    for (const name of copies) {
      let sheet = null;
      if (name.startsWith(`${LOCAL}${lock.owner}:`)) {
        try {
          const kept = JSON.parse(localStorage.getItem(name));
          const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytesOf(kept.iv) }, lock.key, bytesOf(kept.sealed));
          sheet = JSON.parse(new TextDecoder().decode(plain));
        } catch { sheet = null; }
      }
      if (sheet) {
        const answer = await fetch(said.keep, { method: "POST", body: new URLSearchParams({ ...sheet, typed_by: lock.mark }), redirect: "manual" });
        await answer.text();
        if (!answer.ok && answer.status !== 413) continue;
      }
      localStorage.removeItem(name);
    }
  };

  const read = (form) => {
    const fields = [], files = [];
    for (const [name, value] of new FormData(form)) {
      if (NOT_WORDS.has(name)) continue;
      if (typeof value === "string") fields.push([name, value]); else if (value.name) files.push([name, value.name]);
    }
    return { fields, files };
  };
  const alike = (one, other) => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
  // Rows that were added by hand are there again before they are filled.
  const withRows = (form, names) => {
    const empty = form.querySelector("template#empty-party"), place = form.querySelector(".parties");
    if (!empty || !place) return;
    for (const name of names) {
      const number = name.match(/^further_parties-(\d+)-/)?.[1];
      if (number === undefined || form.elements[name]) continue;
      const made = document.createElement("template");
      made.innerHTML = empty.innerHTML.replaceAll("__n__", number);
      place.append(made.content);
    }
  };
  const fill = (form, fields) => {
    const typed = new Map();
    for (const [name, value] of fields) typed.set(name, [...(typed.get(name) || []), value]);
    withRows(form, typed.keys());
    for (const field of form.elements) {
      const values = typed.get(field.name) || [];
      if (!field.name || NOT_WORDS.has(field.name) || ["submit", "button", "file", "password"].includes(field.type)) continue;
      if (field.type === "hidden" && field.name !== "submit_key") continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.type === "select-multiple") for (const option of field.options) option.selected = values.includes(option.value);
      else if (values.length) field.value = values.shift();
    }
    form.dispatchEvent(new CustomEvent("typed:filled", { bubbles: true }));
  };

  const keeper = (form) => {
    const marks = form.elements, path = new URL(form.getAttribute("action") || location.pathname, location).pathname;
    const place = marks.typed_form.value ? `${path}#${marks.typed_form.value}` : path;
    let takenFrom = "", timer = null, running = null, again = false, dirty = false, sent = false, kept = false, waiting = false, begun = false;
    let sheet = "";
    const newSheet = () => { sheet = fresh(); marks.typed_sheet.value = sheet; };
    newSheet();
    const base = () => (marks.version && "value" in marks.version ? marks.version.value : "");
    const described = () => {
      const { fields, files } = read(form);
      return { form: place, sheet, base: base(), fields: JSON.stringify(fields), files: JSON.stringify(files), instead_of: takenFrom };
    };
    const whole = () => new URLSearchParams({ ...described(), typed_by: marks.typed_by.value });

    const spot = () => {
      const named = form.dataset.said && document.querySelector(form.dataset.said);
      if (named) return named;
      let made = form.querySelector(":scope > .typed-said");
      if (!made) { made = document.createElement("p"); made.className = "typed-said sub"; made.setAttribute("role", "status"); form.append(made); }
      return made;
    };
    // What is offered stays beside whatever is said, until it is taken or dropped.
    let offered = [];
    const buttonsOf = (buttons) => buttons.flatMap(([words, act]) => {
      const button = document.createElement("button");
      button.type = "button"; button.className = "btn small"; button.textContent = words;
      button.addEventListener("click", () => { offered = []; act(); });
      return [" ", button];
    });
    const say = (sentence, ...buttons) => spot().replaceChildren(sentence, ...buttonsOf(buttons), ...offered);
    const offer = (sentence, ...buttons) => { offered = [" ", sentence, ...buttonsOf(buttons)]; spot().replaceChildren(...offered); };

    const aside = async () => {
      const safe = await putAside(place, described());
      say(safe ? said.offline : said.nowhere);
      clearTimeout(timer); timer = setTimeout(save, RETRY);
    };
    // For the author alone.
    const saveMine = async (sentence) => {
      let answer;
      try { answer = await fetch(said.keep, { method: "POST", body: whole(), redirect: "manual", signal: running?.signal }); }
      catch (error) { if (error.name !== "AbortError") await aside(); return; }
      if (answer.status === 413) { say((await answer.json()).said); return; }
      if (!answer.ok) { await aside(); return; }
      const told = await answer.json();
      kept = true; takenFrom = ""; dropAside(place);
      say(told.signed_in ? sentence || `${said.mine} ${told.saved}` : said.signedOut);
    };
    const discard = (one) => fetch(said.discard, { method: "POST", body: new URLSearchParams({ form: place, sheet: one }), headers: { "X-CSRFToken": csrf() }, redirect: "manual" });
    const forget = async () => {
      const gone = sheet;
      kept = false; newSheet();
      await (await discard(gone)).text();
    };
    // A draft of the agency saves itself there as long as nobody else has changed it; else the words are the author's alone.
    const saveDraft = async () => {
      const body = new FormData(form);
      for (const name of ["typed_by", "typed_form", "typed_sheet"]) body.delete(name);
      let answer;
      try { answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { "X-CSRFToken": csrf() }, redirect: "manual", signal: running?.signal }); }
      catch (error) { if (error.name !== "AbortError") await aside(); return; }
      if (!(answer.headers.get("content-type") || "").includes("json")) { await saveMine(); return; }
      const told = await answer.json();
      form.dispatchEvent(new CustomEvent("draft:answered", { bubbles: true, detail: told }));
      if (answer.status === 412) { form.dataset.stale = "1"; await saveMine(`${told.said}${said.aside}`); return; }
      if (told.version) marks.version.value = told.version;
      if (!told.version || told.held) { await saveMine(told.held || Object.values(told.errors || {})[0] || told.said); return; }
      if (kept || takenFrom) { if (takenFrom) { sheet = takenFrom; takenFrom = ""; } await forget(); }
      dropAside(place); say(`${said.saved} ${told.saved}`);
    };
    const save = async () => {
      if (sent) return;
      if (running) { again = true; return; }
      clearTimeout(timer); timer = null; dirty = false; running = new AbortController();
      let finished; running.finished = new Promise((done) => { finished = done; });
      try {
        if (form.dataset.stale !== undefined) await saveMine(said.aside);
        else if (form.dataset.autosave) await saveDraft();
        else await saveMine();
      } finally { running = null; finished(); if (again) { again = false; save(); } }
    };
    const typed = () => {
      begun = true;
      unlock().catch(() => null);
      if (dirty === false && !timer && !running) { dirty = true; save(); return; }
      dirty = true; clearTimeout(timer); timer = setTimeout(save, PAUSE);
    };
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      // The draft's own save is let finish first: its answer is the version that this post goes on from.
      if (running && form.dataset.autosave && form.dataset.stale === undefined) {
        event.preventDefault();
        if (waiting) return;
        waiting = true; again = false;
        Promise.race([running.finished, new Promise((done) => setTimeout(done, 5000))]).finally(() => {
          waiting = false; delete form.dataset.sent; form.requestSubmit(event.submitter);
        });
        return;
      }
      // If the post never arrives, the copy does at the next page; if it did, the finished sheet takes nothing any more.
      putAside(place, described());
      clearTimeout(timer); running?.abort(); sent = true;
      setTimeout(() => { sent = false; }, RETRY);
    });
    const leave = () => { if (dirty && !sent) { dirty = false; navigator.sendBeacon(said.keep, whole()); } };
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
    window.addEventListener("online", () => (dirty || timer) && save());

    const drop = async (row) => {
      for (const one of new Set([row, sheet])) await discard(one);
      sent = true; location.reload();
    };
    const restore = (row) => {
      const files = row.files.length ? ` ${said.files}${row.files.map(([, name]) => name).join("、")}` : "";
      const take = async () => {
        fill(form, row.fields); takenFrom = row.sheet;
        const panel = form.closest("details");
        if (panel) panel.open = true;
        if (form.dataset.autosave) await save(); else { running = new AbortController(); await saveMine(" "); running = null; }
        say(`${said.restored}（${row.saved}）${files}`, [said.drop, () => drop(row.sheet)]);
        if (form.dataset.autosave && form.dataset.stale === undefined) say(`${said.restored}（${row.saved}），${said.saved}${files}`);
      };
      // Whoever typed before the answer came is asked: what stands in the form now is newer, and stays on a sheet of its own.
      const exchange = async () => {
        if (running) await running.finished;
        await saveMine(" ");
        newSheet(); take();
      };
      if (alike(row.fields, read(form).fields)) { takenFrom = row.sheet; if (files) say(files); return; }
      if (form.dataset.autosave && row.base && row.base !== base()) {
        say(`${said.older}（${row.saved}）`, [said.take, () => { form.dataset.stale = "1"; take(); }], [said.drop, () => drop(row.sheet)]);
      } else if (begun) {
        offer(`${said.earlier}（${row.saved}）${files}`, [said.take, exchange], [said.drop, () => discard(row.sheet).then(() => say(""))]);
      } else take();
    };
    // What this very page has saved meanwhile is no older than what stands in it.
    const restoreFirst = (rows) => {
      const found = rows.find((row) => row.sheet !== sheet);
      if (found) restore(found);
    };
    return { place, restoreFirst };
  };

  const keepers = [...document.querySelectorAll("form")].filter((form) => form.elements.typed_by).map(keeper);
  const begin = async () => {
    await bringHome();
    if (!keepers.length) return;
    const asked = new URLSearchParams(keepers.map(({ place }) => ["form", place]));
    const answer = await fetch(`${said.keep}?${asked}`, { redirect: "manual" });
    if (!answer.ok) return;
    const { kept } = await answer.json();
    for (const one of keepers) one.restoreFirst(kept[one.place] || []);
  };
  begin().catch(() => null);
  // A page out of the browser's memory may be another person's: it is asked for anew.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  // Back to a new case finds the draft that it has become, not an empty second one.
  const key = document.querySelector("form#draft input[name=submit_key]")?.value;
  if (key && !new URLSearchParams(location.search).has("key")) {
    const here = new URL(location); here.searchParams.set("key", key); history.replaceState(history.state, "", here);
  }
})();
