/** Numbers as the results show them. */
import type { DurationSummary } from "./measures/histogram.ts";

export const rate = (perSecond: number) => `${Math.round(perSecond).toLocaleString("en-US")}/s`;
export const whole = (value: number) => Math.round(value).toLocaleString("en-US");
export const ms = (value: number) => `${value < 10 ? value.toFixed(1) : whole(value)} ms`;
export const seconds = (value: number) => `${value.toFixed(1)} s`;
export const us = (value: number) => `${whole(value)} µs`;
export const times = (value: number) => (Number.isFinite(value) ? `${value.toFixed(1)} ×` : "–");
export const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

export const answered = ({ p50Ms, p99Ms, shareOverOneSecond }: DurationSummary) =>
  `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, ${percent(shareOverOneSecond)} over 1 s`;
export const seen = ({ p50Ms, p95Ms, maxMs }: DurationSummary) =>
  `p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}, max ${ms(maxMs)}`;
