// Sends a film in pieces to the data door, goes on after interruptions, and compares the digests at the end.
"use strict";

(() => {
  const drop = document.getElementById("drop");
  if (!drop) return;
  const PIECE = 4 << 20, WAIT = 2000, MOST_WAIT = 30_000, words = drop.dataset;
  const own = { "X-Yunyue-Console": "1" };
  const place = (id) => document.getElementById(id);
  const input = place("film"), bar = place("sent"), told = place("told"), pause = place("pause");
  let turn = 0, paused = false, wake = () => {};
  drop.hidden = false;

  const ask = async (path, how = {}) => {
    const answer = await fetch(words.uploads + path, { ...how, headers: { ...own, ...how.headers }, redirect: "error" });
    const said = answer.status === 204 ? {} : await answer.json().catch(() => ({ reason: answer.statusText }));
    // 409: the upload stands elsewhere than we thought; 5xx: the door is troubled. Both are asked again.
    if (!answer.ok) throw Object.assign(new Error(said.reason), { again: answer.status === 409 || answer.status >= 500 });
    return said;
  };
  const again = (error) => error instanceof TypeError || error.again;

  const begun = async (file) => {
    const { uploads } = await ask("");
    const found = uploads.find((one) => !one.finished && one.label === file.name && one.size === file.size);
    if (found) told.textContent = words.resuming;
    return found || ask("", { method: "POST", body: JSON.stringify({ label: file.name, size: file.size }) });
  };

  const show = (file, offset, since, first) => {
    bar.value = (offset / file.size) * 100;
    const rate = (offset - first) / Math.max(performance.now() - since, 1);
    const left = rate > 0 ? Math.round((file.size - offset) / rate / 1000) : null;
    told.textContent = `${words.sending} ${file.name} · ${Math.floor(bar.value)} %${left === null ? "" : ` · ${left} s ${words.left}`}`;
  };

  const sleep = (milliseconds) => new Promise((done) => { wake = done; setTimeout(done, milliseconds); });

  // What was sent before an interruption is read from the file once more: the digest is of everything.
  const digested = async (file, digest, upTo) => {
    for (let at = digest.length; at < upTo; at = digest.length) {
      digest.add(new Uint8Array(await file.slice(at, Math.min(at + PIECE, upTo)).arrayBuffer()));
    }
  };

  const send = async (file, mine) => {
    let upload = await begun(file), wait = WAIT;
    const digest = new Digest(), since = performance.now(), first = upload.offset;
    while (!upload.finished) {
      if (mine !== turn) return null;
      if (paused) { told.textContent = words.paused; await sleep(MOST_WAIT); continue; }
      show(file, upload.offset, since, first);
      const piece = file.slice(upload.offset, upload.offset + PIECE), headers = { "Upload-Offset": String(upload.offset) };
      try {
        upload = await ask(`/${upload.id}`, { method: "PATCH", body: piece, headers });
        wait = WAIT;
        await digested(file, digest, upload.offset);
      } catch (error) {
        if (!again(error)) throw error;
        told.textContent = `${words.waiting} …`;
        await sleep(wait);
        wait = Math.min(wait * 2, MOST_WAIT);
        upload = await ask(`/${upload.id}`).catch((other) => { if (again(other)) return upload; throw other; });
      }
    }
    await digested(file, digest, file.size);
    if (upload.digest !== `sha256:${digest.hex()}`) {
      await ask(`/${upload.id}`, { method: "DELETE" });
      throw new Error(words.differs);
    }
    return upload;
  };

  const offer = (upload) => {
    const option = new Option(upload.label, upload.id, true, true), select = place("upload");
    [...select.options].filter((one) => one.value === upload.id).forEach((one) => one.remove());
    select.add(option, 1);
    select.value = upload.id;
  };

  const take = async (file) => {
    if (!file) return;
    if (file.size > Number(words.most)) { told.textContent = `${words.toolarge} ${file.name}`; return; }
    turn += 1; paused = false; pause.textContent = words.pause;
    place("sending").hidden = false; bar.value = 0;
    try {
      const upload = await send(file, turn);
      if (!upload) return;
      offer(upload);
      told.textContent = words.arrived;
    } catch (error) { told.textContent = error.message; }
    place("sending").hidden = true;
  };

  input.addEventListener("change", () => take(input.files[0]));
  pause.addEventListener("click", () => { paused = !paused; pause.textContent = paused ? words.on : words.pause; wake(); });
  ["dragenter", "dragover"].forEach((name) => drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("drop-over"); }));
  ["dragleave", "drop"].forEach((name) => drop.addEventListener(name, () => drop.classList.remove("drop-over")));
  drop.addEventListener("drop", (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); });
})();
