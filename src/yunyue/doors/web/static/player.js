// Plays a result: streams by hls.js, files by the browser itself; a choice of sizes, and pictures along the time bar.
"use strict";

(() => {
  const place = (id) => document.getElementById(id), player = place("player");
  if (!player) return;
  const video = place("video"), words = player.dataset, entry = words.entry;

  const clock = (seconds) => {
    const whole = Math.floor(seconds), tail = `${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
    return whole >= 3600 ? `${Math.floor(whole / 3600)}:${tail}` : tail;
  };

  const fail = (why) => { place("trouble").textContent = `${words.broken} ${why}`; };

  const choices = (hls) => {
    const select = place("level");
    select.replaceChildren(new Option(words.auto, "-1"));
    hls.levels.forEach((one, at) => select.add(new Option(`${one.width} × ${one.height} · ${Math.round(one.bitrate / 1000)} kbit/s`, String(at))));
    place("sizes").hidden = hls.levels.length < 2;
    select.addEventListener("change", () => { hls.currentLevel = Number(select.value); });
    hls.on(Hls.Events.LEVEL_SWITCHED, (_, told) => { player.dataset.level = String(hls.levels[told.level].height); });
  };

  const stream = () => {
    // The worker is a file of ours: the page's policy lets no script be made from a blob.
    const hls = new Hls({ workerPath: words.worker });
    hls.on(Hls.Events.MANIFEST_PARSED, () => choices(hls));
    hls.on(Hls.Events.ERROR, (_, told) => { if (told.fatal) fail(told.details); });
    hls.loadSource(entry);
    hls.attachMedia(video);
  };

  const tilesOf = (text) => [...text.matchAll(/([\d:.]+) --> ([\d:.]+)\s+\S+#xywh=(\d+),(\d+),(\d+),(\d+)/g)].map((one) => ({
    begin: one[1].split(":").reduce((sum, part) => sum * 60 + Number(part), 0), box: one.slice(3).map(Number),
  }));

  const pictures = async (seek) => {
    const answer = await fetch(words.sprite), sheet = new Image(), canvas = place("tile");
    if (!answer.ok) return () => {};
    const tiles = tilesOf(await answer.text());
    sheet.src = words.sprite.replace(/vtt$/, "jpg");
    await sheet.decode();
    return (at) => {
      const tile = tiles.findLast((one) => one.begin <= at) || tiles[0], [x, y, wide, high] = tile.box;
      canvas.width = wide; canvas.height = high; canvas.hidden = false;
      canvas.getContext("2d").drawImage(sheet, x, y, wide, high, 0, 0, wide, high);
      canvas.setAttribute("aria-label", `${words.at} ${clock(tile.begin)}`);
      seek.dataset.tile = String(tile.begin);
    };
  };

  const timebar = async () => {
    const seek = place("seek"), when = place("when");
    const paint = words.sprite ? await pictures(seek).catch(() => () => {}) : () => {};
    const preview = (at) => { when.textContent = clock(at); seek.setAttribute("aria-valuetext", clock(at)); paint(at); };
    seek.max = video.duration;
    place("seeking").hidden = false;
    seek.addEventListener("focus", () => preview(Number(seek.value)));
    seek.addEventListener("input", () => preview(Number(seek.value)));
    seek.addEventListener("change", () => { video.currentTime = Number(seek.value); });
    seek.addEventListener("mousemove", (event) => { const box = seek.getBoundingClientRect(); preview(((event.clientX - box.left) / box.width) * video.duration); });
    video.addEventListener("timeupdate", () => { if (document.activeElement !== seek) seek.value = video.currentTime; });
  };

  video.addEventListener("loadedmetadata", () => { if (Number.isFinite(video.duration)) timebar(); }, { once: true });
  video.addEventListener("error", () => fail(video.error?.message || ""));
  if (!entry.endsWith(".m3u8")) video.src = entry;
  else if (Hls.isSupported()) stream();
  else video.src = entry;
})();
