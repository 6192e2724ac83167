// Lets a reader choose the columns of each long table; the choice stays in this browser.
"use strict";

(() => {
  const words = document.body.dataset, FEW = 4;

  const cells = (table, column) => [...table.rows].map((row) => row.cells[column]).filter((cell) => cell && cell.colSpan === 1);

  const remembered = (key) => { try { return new Set(JSON.parse(localStorage.getItem(key)) || []); } catch { return new Set(); } };

  const equip = (table, number) => {
    const heads = [...(table.tHead?.rows[0]?.cells || [])];
    if (heads.length < FEW || heads.some((head) => head.colSpan > 1)) return;
    const key = `columns:${location.pathname}:${number}`, hidden = remembered(key);
    const box = document.createElement("details"), list = document.createElement("div"), summary = document.createElement("summary");
    box.className = "choice choice-columns d-print-none"; list.className = "choice-box"; summary.className = "btn btn-sm";
    summary.textContent = words.columns;
    const show = (column, wanted) => cells(table, column).forEach((cell) => { cell.hidden = !wanted; });
    heads.forEach((head, column) => {
      const name = head.textContent.trim();
      if (!name || column === 0) return;
      const label = document.createElement("label"), tick = document.createElement("input");
      label.className = "form-check"; tick.type = "checkbox"; tick.className = "form-check-input"; tick.checked = !hidden.has(name);
      label.append(tick, ` ${name}`); list.append(label);
      show(column, tick.checked);
      tick.addEventListener("change", () => {
        tick.checked ? hidden.delete(name) : hidden.add(name);
        localStorage.setItem(key, JSON.stringify([...hidden]));
        show(column, tick.checked);
      });
    });
    box.append(summary, list);
    place(box, table);
  };

  // Where there is a title beside which it fits; else with the page's buttons; else above the table.
  const place = (box, table) => {
    const title = table.closest(".card")?.querySelector(":scope > .card-header"), acts = document.querySelector(".page-head .acts");
    if (title) title.append(box);
    else if (acts && document.querySelectorAll("table.card-table").length === 1) { box.querySelector("summary").className = "btn"; acts.append(box); }
    else (table.closest(".table-responsive") || table).before(box);
  };

  const close = (besides) => document.querySelectorAll("details.choice[open]").forEach((one) => { if (one !== besides) one.open = false; });

  document.querySelectorAll("table.card-table").forEach(equip);
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });
  document.addEventListener("click", (event) => close(event.target.closest("details.choice")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.choice[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
})();
