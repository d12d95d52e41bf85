import type { ExpiryFit } from "../../clearing/volatility/fitChain.ts";
import { type SviSlice, totalVariance } from "../../clearing/volatility/svi.ts";
import { element, label, ticks } from "./svg.ts";

const COLUMNS = 4;
const PANEL = { width: 320, height: 240, left: 46, right: 14, top: 34, bottom: 40 };
const LEGEND_HEIGHT = 40;
const COLOUR = { quote: "#1f5fa8", spread: "#a9c4e4", fit: "#d1495b", axis: "#555555", grid: "#e6e6e6" };
const LINE_POINTS = 120;

/** The smiles of a chain as SVG: a panel for each expiry, quotes as dots with their bid-ask spread, the fit as a line. */
export function plotSmiles(fits: readonly ExpiryFit[]): string {
  const columns = Math.min(COLUMNS, fits.length);
  const width = columns * PANEL.width;
  const height = LEGEND_HEIGHT + Math.ceil(fits.length / columns) * PANEL.height;
  const panels = fits.map((fit, i) => {
    const [x, y] = [(i % columns) * PANEL.width, LEGEND_HEIGHT + Math.floor(i / columns) * PANEL.height];
    return element("g", { transform: `translate(${x} ${y})` }, ...panel(fit));
  });
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const background = element("rect", { width, height, fill: "white" });
  return `${element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...size, "font-family": "sans-serif", fill: "#222222" },
    background,
    ...legend(),
    ...panels,
  )}\n`;
}

function legend(): string[] {
  const y = 20;
  return [
    element("line", { x1: 20, x2: 20, y1: y - 9, y2: y + 9, stroke: COLOUR.spread, "stroke-width": 3 }),
    element("circle", { cx: 20, cy: y, r: 2.5, fill: COLOUR.quote }),
    label({ x: 30, y: y + 4, text: "quote: bid, middle, ask" }),
    line([175, y, 205, y], false),
    label({ x: 212, y: y + 4, text: "SVI" }),
    line([245, y, 275, y], true),
    label({ x: 282, y: y + 4, text: "refused" }),
  ];
}

function panel(fit: ExpiryFit): string[] {
  const { points, slice, years, refused } = fit;
  const title = label({ x: PANEL.left, y: 16, text: titleOf(fit), size: 12, bold: true });
  const note = label({ x: PANEL.left, y: 29, text: noteOf(fit), size: 10 });
  if (points.length === 0) return [title, note];
  const ks = points.map(({ k }) => k);
  const pad = Math.max(0.05 * (Math.max(...ks) - Math.min(...ks)), 1e-3);
  const [from, to] = [Math.min(...ks) - pad, Math.max(...ks) + pad];
  const curve = slice === null ? [] : curveOf(slice, years, from, to);
  const levels = [
    ...points.flatMap((point) => [point.bidVolatility, point.askVolatility]),
    ...curve.map(([, v]) => v),
  ];
  const [low, high] = [100 * Math.min(...levels), 100 * Math.max(...levels)];
  const margin = Math.max(0.06 * (high - low), 0.5);
  const [bottom, top] = [Math.max(0, low - margin), high + margin];
  const xOf = (k: number): number =>
    PANEL.left + ((k - from) / (to - from)) * (PANEL.width - PANEL.left - PANEL.right);
  const yOf = (volatility: number): number =>
    PANEL.top + ((top - 100 * volatility) / (top - bottom)) * (PANEL.height - PANEL.top - PANEL.bottom);
  return [
    title,
    note,
    ...axes({ from, to, bottom, top, xOf, yOf }),
    ...points.map(({ k, bidVolatility, askVolatility }) =>
      element("line", {
        x1: xOf(k),
        x2: xOf(k),
        y1: yOf(askVolatility),
        y2: yOf(bidVolatility),
        stroke: COLOUR.spread,
        "stroke-width": 3,
      }),
    ),
    ...points.map(({ k, volatility }) =>
      element("circle", { cx: xOf(k), cy: yOf(volatility), r: 2.2, fill: COLOUR.quote }),
    ),
    ...(curve.length === 0
      ? []
      : [
          line(
            curve.flatMap(([k, volatility]) => [xOf(k), yOf(volatility)]),
            refused !== null,
          ),
        ]),
  ];
}

function titleOf({ underlying, expirySeconds, years }: ExpiryFit): string {
  const day = new Date(expirySeconds * 1000).toISOString().slice(0, 10);
  return `${underlying} ${day}, ${(years * 365).toFixed(1)} days`;
}

function noteOf({ forward, points, error, slice }: ExpiryFit): string {
  const known = `F ${forward === null ? "unknown" : forward.forward.toFixed(1)}, ${points.length} quotes`;
  return error === null || slice === null
    ? `${known}: not fitted`
    : `${known}, RMSE ${(100 * error.rootMeanSquare).toFixed(2)} points`;
}

function curveOf(slice: SviSlice, years: number, from: number, to: number): [number, number][] {
  return Array.from({ length: LINE_POINTS + 1 }, (_, i) => {
    const k = from + ((to - from) * i) / LINE_POINTS;
    return [k, Math.sqrt(Math.max(totalVariance(slice, k), 0) / years)];
  });
}

interface Frame {
  from: number;
  to: number;
  /** Percent. */
  bottom: number;
  top: number;
  xOf: (k: number) => number;
  yOf: (volatility: number) => number;
}

function axes({ from, to, bottom, top, xOf, yOf }: Frame): string[] {
  const [x1, x2, y1, y2] = [xOf(from), xOf(to), yOf(bottom / 100), yOf(top / 100)];
  return [
    ...ticks(bottom, top, 6).flatMap((percent) => [
      element("line", { x1, x2, y1: yOf(percent / 100), y2: yOf(percent / 100), stroke: COLOUR.grid }),
      label({ x: x1 - 5, y: yOf(percent / 100) + 4, text: tidy(percent), size: 10, anchor: "end" }),
    ]),
    ...ticks(from, to, 6).flatMap((k) => [
      element("line", { x1: xOf(k), x2: xOf(k), y1, y2, stroke: COLOUR.grid }),
      label({ x: xOf(k), y: y1 + 14, text: tidy(k), size: 10, anchor: "middle" }),
    ]),
    element("rect", { x: x1, y: y2, width: x2 - x1, height: y1 - y2, fill: "none", stroke: COLOUR.axis }),
    label({ x: (x1 + x2) / 2, y: y1 + 28, text: "ln(strike / forward)", size: 10, anchor: "middle" }),
    label({ x: 4, y: y2 - 4, text: "vol %", size: 10 }),
  ];
}

/** `coordinates`: x and y in turn. */
function line(coordinates: readonly number[], dashed: boolean): string {
  return element("polyline", {
    points: coordinates.map((value) => value.toFixed(2)).join(" "),
    fill: "none",
    stroke: COLOUR.fit,
    "stroke-width": 1.6,
    ...(dashed ? { "stroke-dasharray": "5 4" } : {}),
  });
}

function tidy(value: number): string {
  return String(Number(value.toFixed(6)));
}
