/** As `9,313.0`; empty where nothing was measured. */
export function figure(value: number | undefined, digits = 0): string {
  return value?.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) ?? '';
}
