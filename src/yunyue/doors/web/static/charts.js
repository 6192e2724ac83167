// Draws the charts of a page from JSON that its elements name. Each chart has a table or text that says the same.
"use strict";

(() => {
  // The colours are the page's, so that a chart is as dark or as light as what stands around it.
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--chart-${name}`).trim();
  const COLOURS = ["line", "2", "3", "4", "bad", "6"];
  // Rich text keeps the tooltip on the canvas: as HTML it would need inline styles, which the page's policy forbids.
  const tooltip = { trigger: "axis", renderMode: "richText", confine: true };
  const axis = () => ({ axisLabel: { color: colour("ink") }, nameTextStyle: { color: colour("ink") } });
  const lined = () => ({ ...axis(), splitLine: { lineStyle: { color: colour("ink"), opacity: 0.25 } } });

  // A gap, a probe that was due and not made, breaks the line and is no failure.
  const latency = (answer) => ({
    animation: false, color: [colour("line"), colour("bad")], tooltip, textStyle: { fontFamily: "inherit" },
    grid: { left: 56, right: 16, top: 28, bottom: 28 },
    xAxis: { type: "time", ...axis() },
    yAxis: { type: "value", name: answer.name, ...lined() },
    series: [
      { name: answer.name, type: "line", showSymbol: false, data: answer.points.map(([at, ms]) => [at, ms]) },
      { name: answer.failed, type: "scatter", symbolSize: 7, data: answer.points.filter((p) => p[1] === null && p[2] !== "gap").map(([at]) => [at, 0]) },
    ],
  });

  const sla = (answer) => {
    const months = [...new Set(answer.series.flatMap((one) => one.points.map(([month]) => month)))].sort();
    const lowest = Math.min(...answer.series.flatMap((one) => [Number(one.target), ...one.points.map((p) => Number(p[1]))]));
    const of = (one, month) => { const p = one.points.find((point) => point[0] === month); return p ? Number(p[1]) : null; };
    return {
      animation: false, color: COLOURS.map(colour), tooltip, textStyle: { fontFamily: "inherit" },
      legend: { top: 0, textStyle: { color: colour("ink") } },
      grid: { left: 64, right: 64, top: 40, bottom: 28 },
      xAxis: { type: "category", data: months, ...axis() },
      yAxis: { type: "value", min: Math.max(0, Math.floor(lowest * 10 - 2) / 10), max: 100, ...lined(), axisLabel: { color: colour("ink"), formatter: "{value} %" } },
      series: answer.series.map((one) => ({
        name: one.name, type: "line", symbolSize: 8, data: months.map((month) => of(one, month)),
        markLine: { silent: true, symbol: "none", lineStyle: { type: "dashed" }, label: { color: colour("ink"), formatter: "{c} %" }, data: [{ yAxis: Number(one.target) }] },
      })),
    };
  };

  // A figure second by second, or one by one.
  const course = (answer) => ({
    animation: false, color: COLOURS.map(colour), tooltip, textStyle: { fontFamily: "inherit" },
    grid: { left: 56, right: 16, top: 28, bottom: 40 },
    xAxis: { type: "value", min: "dataMin", max: "dataMax", name: answer.series[0].unit, nameLocation: "middle", nameGap: 24, splitLine: { show: false }, ...axis() },
    yAxis: { type: "value", scale: true, name: answer.series[0].name, ...lined() },
    series: answer.series.map((one) => ({ name: one.name, type: "line", step: "middle", showSymbol: one.points.length < 3, data: one.points })),
  });

  const draw = async (place) => {
    const answer = await fetch(place.dataset.chart, { headers: { Accept: "application/json", "X-Live": "1" } });
    if (!answer.ok) return;
    const values = await answer.json();
    if ((values.points || values.series).length === 0) { place.hidden = true; return; }
    const chart = echarts.init(place), show = () => chart.setOption({ latency, sla, course }[values.kind](values));
    show();
    new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    place.dataset.drawn = "true";
    new ResizeObserver(() => chart.resize()).observe(place);
  };

  const drawAll = () => document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw);
  document.addEventListener("live:renewed", drawAll);
  drawAll();
})();
