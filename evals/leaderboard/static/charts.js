// Draws every chart of a page from the JSON beside it, in the page's own colours. A classic script, since
// browsers refuse modules of pages that are opened from disk.
"use strict";

(() => {
  const DASHES = ["dotted", "dashed", "solid"];
  const MARKS = { reset: "solid", checkpoint: "dotted", evaluation: "dashed", other: "solid" };

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      ink: read("ink"),
      soft: read("soft"),
      rule: read("rule"),
      sheet: read("sheet"),
      font: read("sans"),
      series: [1, 2, 3, 4, 5, 6, 7, 8].map((at) => read(`series-${at}`)),
      marks: Object.fromEntries(Object.keys(MARKS).map((kind) => [kind, read(kind) || read("soft")])),
    };
  };

  const shown = (chart, value) => {
    if (value === null || value === undefined) return "–";
    if (chart.percent) return `${(100 * value).toFixed(1)} %`;
    return String(Number(value.toPrecision(4)));
  };

  const axisNumber = (chart) => (value) => {
    if (chart.percent) return String(Number((100 * value).toPrecision(6)));
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replace(".0e", "e");
    return String(Number(value.toPrecision(4)));
  };

  // A band is two stacked lines without strokes: its lower edge, and its height with a filled area.
  const band = (series, colour, name) => {
    const edge = {
      type: "line", stack: name, stackStrategy: "all", symbol: "none", silent: true, animation: false,
      lineStyle: { opacity: 0 }, tooltip: { show: false }, emphasis: { disabled: true },
    };
    const xs = series.points.map((point) => point[0]);
    const height = (at) => (series.low[at] === null || series.high[at] === null ? null : series.high[at] - series.low[at]);
    return [
      { ...edge, data: xs.map((x, at) => [x, series.low[at]]) },
      { ...edge, data: xs.map((x, at) => [x, height(at)]), areaStyle: { color: colour, opacity: 0.14 } },
    ];
  };

  // Curves of few points are measurements: marked by symbols, and told apart by dashes as well as by colour.
  const lines = (chart, theme) => chart.series.flatMap((series, at) => {
    const colour = theme.series[(chart.log2 ? at : at + 2) % theme.series.length];
    const sparse = series.points.length <= 40;
    const line = {
      type: "line", name: series.name, data: series.points, symbol: sparse ? "circle" : "none", symbolSize: 5,
      color: colour, animation: false, connectNulls: false, z: 3, emphasis: { disabled: true },
      lineStyle: { color: colour, width: sparse ? 2 : 1.4, type: chart.log2 && chart.series.length > 1 ? DASHES[at % 3] : "solid" },
    };
    if (at === 0 && chart.markers.length) {
      line.markLine = {
        symbol: "none", silent: true, animation: false, label: { show: false },
        data: chart.markers.map((mark) => ({
          xAxis: mark.x, lineStyle: { color: theme.marks[mark.kind], type: MARKS[mark.kind], width: mark.kind === "reset" ? 1.4 : 1 },
        })),
      };
    }
    return [...(series.low && series.high ? band(series, colour, `band-${at}`) : []), line];
  });

  // Built from nodes, never from markup: names may hold anything.
  const tip = (chart, theme) => (rows) => {
    const box = document.createElement("div");
    box.className = "tip";
    const add = (tag, text, colour) => {
      const row = document.createElement(tag);
      if (colour) {
        const key = document.createElement("i");
        key.style.color = colour;
        row.append(key);
      }
      row.append(text);
      box.append(row);
    };
    const x = rows.length ? rows[0].axisValue : "";
    add("b", `${chart.log2 ? "k =" : chart.xLabel} ${x}`);
    for (const row of rows) {
      const series = chart.series.find((each) => each.name === row.seriesName);
      if (!series) continue;
      const at = row.dataIndex;
      const range = series.low && series.high ? ` (${shown(chart, series.low[at])} to ${shown(chart, series.high[at])})` : "";
      add("div", `${series.name}: ${shown(chart, row.value[1])}${range}`, row.color);
    }
    for (const mark of chart.markers.filter((each) => each.x === x)) add("div", mark.label, theme.marks[mark.kind]);
    return box;
  };

  // No axis of shares goes beyond all of them.
  const top = (chart) => {
    if (chart.whole) return 1;
    return chart.percent ? (extent) => (extent.max > 0.8 || extent.max === 0 ? 1 : null) : null;
  };

  const options = (chart, theme) => {
    const text = { color: theme.soft, fontFamily: theme.font, fontSize: 12 };
    const axis = {
      axisLabel: text, nameTextStyle: text, axisLine: { show: true, lineStyle: { color: theme.soft } },
      axisTick: { lineStyle: { color: theme.soft } }, splitLine: { lineStyle: { color: theme.rule } },
    };
    const legend = chart.series.length > 1;
    return {
      animation: false,
      textStyle: { fontFamily: theme.font, color: theme.ink },
      aria: { enabled: true, label: { description: chart.description } },
      grid: { left: 8, right: 18, top: legend ? 34 : 12, bottom: 24, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: {
        show: legend, type: "scroll", top: 0, left: 0, itemWidth: 26, itemHeight: 8, textStyle: { ...text, color: theme.ink },
        data: chart.series.map((series) => series.name), pageIconColor: theme.ink, pageTextStyle: text,
        inactiveColor: theme.rule,
      },
      tooltip: {
        trigger: "axis", confine: true, transitionDuration: 0, backgroundColor: theme.sheet, borderColor: theme.rule,
        textStyle: { ...text, color: theme.ink }, formatter: tip(chart, theme),
      },
      xAxis: {
        ...axis, type: chart.log2 ? "log" : "value", logBase: 2, name: chart.xLabel, nameLocation: "middle", nameGap: 26,
        min: chart.log2 ? "dataMin" : 0, max: "dataMax", splitLine: { show: false }, minInterval: 1,
      },
      yAxis: {
        ...axis, type: "value", scale: !chart.whole, min: chart.whole ? 0 : null, max: top(chart),
        interval: chart.whole ? 0.25 : undefined,
        axisLine: { show: false }, axisTick: { show: false }, splitNumber: 4,
        axisLabel: { ...text, formatter: axisNumber(chart) },
      },
      series: lines(chart, theme),
    };
  };

  const draw = () => {
    const theme = colours();
    for (const place of document.querySelectorAll("[data-chart]")) {
      const chart = JSON.parse(document.getElementById(place.dataset.chart).textContent);
      place.classList.add("live");
      const plot = echarts.getInstanceByDom(place) ?? echarts.init(place, null, { renderer: "svg" });
      plot.setOption(options(chart, theme), true);
      if (!chart.log2) plot.group = "steps";
    }
    echarts.connect("steps");
  };

  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const resizer = new ResizeObserver((entries) => {
    for (const entry of entries) echarts.getInstanceByDom(entry.target)?.resize();
  });
  for (const place of document.querySelectorAll("[data-chart]")) resizer.observe(place);
})();
