// @ts-check
/** @typedef {{ name: string; value: number; unit: string; floor?: number; peers?: Record<string, unknown> }} Figure */

export {};
