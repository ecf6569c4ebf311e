/** Brings several series to one line of times, as the chart wants them; null where one has no value. */
export function alignSeries(
  series: readonly (readonly (readonly [number, number])[])[],
): readonly [readonly number[], ...(readonly (number | null)[])[]] {
  const times = [...new Set(series.flatMap((points) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const values = series.map((points) => {
    const byTime = new Map(points);
    return times.map((at) => byTime.get(at) ?? null);
  });
  return [times, ...values];
}
