// Files chosen or dropped on a form: small ones go as the form would send them, large ones in parts that can be paused, outlive a
// reload and a broken line, and go on where they stood when the same file is chosen again. Without this file the form sends by itself.
"use strict";
{
  const LONGEST_PAUSE = 30_000;

  class Refused extends Error {}

  const asked = async (form, method, address, body, headers = {}) => {
    const answer = await fetch(address, {
      method, body, headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json", ...headers },
    });
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(said.detail || form.dataset.failed);
    return said;
  };
  const told = (form, method, address, given, headers = {}) =>
    asked(form, method, address, given === undefined ? undefined : JSON.stringify(given), { "Content-Type": "application/json", ...headers });

  // What is said of the paper behind the file goes along.
  const paper = (form) => Object.fromEntries(["copies", "pages", "original"].filter((name) => form.elements[name]?.value)
    .map((name) => [name, name === "original" ? form.elements[name].value : Number(form.elements[name].value)]));

  // One row under the form for each large file: its name, how far it is, and what can be done.
  const row = (form, name) => {
    const made = form.parentElement.querySelector("template.sending-row").content.cloneNode(true).firstElementChild;
    made.querySelector(".name").textContent = name;
    form.after(made);
    const bar = made.querySelector("progress"), said = made.querySelector("[role=status]");
    return {
      made,
      at: (now, whole) => { bar.max = whole; bar.value = now; bar.hidden = false; said.textContent = `${Math.floor((now / whole) * 100)}%`; },
      say: (words) => { said.textContent = words; },
      button: (name) => made.querySelector(`[data-${name}]`),
    };
  };

  const dropped = (form, shown, upload) => async () => {
    shown.stopped = true;
    if (upload()) await told(form, "DELETE", `/api/v1/uploads/${upload().id}/`, undefined, { "If-Match": "*" }).catch(() => {});
    shown.made.remove();
  };

  // One part. Where the line breaks, again after a while; the server keeps each part once.
  const part = async (form, shown, upload, offset, piece) => {
    for (let pause = 1000; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        return await asked(form, "PUT", `/api/v1/uploads/${upload.id}/parts/${offset}/`, piece, { "Content-Type": "application/octet-stream" });
      } catch (error) {
        if (error instanceof Refused || shown.stopped) throw error;
        shown.say(form.dataset.broken);
        await new Promise((go) => { setTimeout(go, pause); window.addEventListener("online", go, { once: true }); });
      }
    }
  };

  const inParts = async (form, file, open) => {
    const shown = row(form, file.name), size = Number(form.dataset.partBytes), slot = form.elements.slot.value;
    let upload = open.find((one) => one.slot === slot && one.name === file.name && one.size === file.size), go = () => {};
    shown.button("pause").addEventListener("click", () => { shown.paused = true; shown.button("pause").hidden = true; shown.button("go").hidden = false; });
    shown.button("go").addEventListener("click", () => { shown.paused = false; shown.button("pause").hidden = false; shown.button("go").hidden = true; go(); });
    shown.button("drop").addEventListener("click", dropped(form, shown, () => upload));
    try {
      const known = upload !== undefined;
      upload ||= await told(form, "POST", form.dataset.parts, { slot, name: file.name, size: file.size, ...paper(form) });
      document.getElementById(`upload-${upload.id}`)?.remove();
      // The first part again: the server finds out whether it is the same file.
      if (known && upload.received) await part(form, shown, upload, 0, file.slice(0, Math.min(size, upload.received)));
      while (upload.received < upload.size && !shown.stopped) {
        shown.at(upload.received, upload.size);
        if (shown.paused) { shown.say(form.dataset.paused); await new Promise((on) => { go = on; }); continue; }
        upload = await part(form, shown, upload, upload.received, file.slice(upload.received, upload.received + size));
      }
      if (shown.stopped) return true;
      shown.at(upload.size, upload.size);
      await told(form, "POST", `/api/v1/uploads/${upload.id}/complete/`, undefined, { "If-Match": `"${upload.size}"`, "Idempotency-Key": upload.id });
      return true;
    } catch (error) {
      if (shown.stopped) return true;
      shown.say(error instanceof Refused ? error.message : form.dataset.failed);
      shown.made.classList.add("err");
      shown.button("pause").hidden = true;
      return false;
    }
  };

  // The small ones, as the form itself would send them.
  const whole = (form, files) => new Promise((done) => {
    const data = new FormData(form), bar = form.querySelector("progress"), said = form.querySelector(".err"), request = new XMLHttpRequest();
    data.delete("file");
    for (const file of files) data.append("file", file);
    request.open("POST", form.action); request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.onprogress = (e) => { bar.hidden = false; bar.max = e.total; bar.value = e.loaded; };
    const failed = (words) => { bar.hidden = true; said.textContent = words; done(false); };
    request.onload = () => {
      if (request.status < 300) { done(true); return; }
      try { failed(JSON.parse(request.responseText).refused.join("；")); } catch { failed(form.dataset.failed); }
    };
    request.onerror = () => failed(form.dataset.failed);
    request.send(data);
  });

  const forms = [...document.querySelectorAll("form[data-parts]")];
  const stillOpen = async (form) => (await told(form, "GET", form.dataset.parts)).results;
  for (const form of forms) {
    const send = async (files) => {
      const alone = !("upload" in form.dataset), big = [...files].filter((file) => alone || file.size > Number(form.dataset.partBytes)), small = [...files].filter((file) => !big.includes(file));
      const open = big.length ? await stillOpen(form).catch(() => []) : [];
      const ended = small.length ? [await whole(form, small)] : [];
      for (const file of big) ended.push(await inParts(form, file, open));
      if (ended.every(Boolean)) location.reload();
    };
    const input = form.querySelector("input[type=file]");
    if (!("upload" in form.dataset)) {
      // More is said beside the file: it goes when its button is pressed, and only a large one needs us for that.
      form.addEventListener("submit", (event) => {
        if (![...input.files].some((file) => file.size > Number(form.dataset.partBytes))) return;
        event.preventDefault();
        send(input.files);
      });
      continue;
    }
    input.addEventListener("change", () => input.files.length && send(input.files));
    form.addEventListener("dragover", (e) => { e.preventDefault(); form.classList.add("over"); });
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (e) => { e.preventDefault(); form.classList.remove("over"); send(e.dataTransfer.files); });
  }

  // What a reload or a closed window left half sent stands under its form until the same file is chosen again.
  if (forms.length) stillOpen(forms[0]).then((open) => {
    for (const upload of open) {
      const form = forms.find((one) => one.elements.slot.value === upload.slot);
      if (!form) continue;
      const shown = row(form, upload.name);
      shown.made.id = `upload-${upload.id}`;
      shown.at(upload.received, upload.size);
      shown.say(form.dataset.again.replace("#", `${Math.floor((upload.received / upload.size) * 100)}%`));
      shown.button("pause").hidden = true;
      shown.button("drop").addEventListener("click", dropped(form, shown, () => upload));
    }
  }).catch(() => {});
}
