import * as echarts from 'echarts';
import type { Table } from '../development/database';

const WIDTH = 760;
const HEIGHT = 320;

/** Of a series with this many points, no single one is to be read. */
const MANY_POINTS = 60;

/**
 * Draws a table as SVG: its first column along the axis, each other one as a series. Days make lines, all else makes bars.
 * @param name what a reader who does not see it hears
 */
export function chart(name: string, { columns: [axis = '', ...series], rows }: Table): string {
  const isTime = rows.every(([first]) => /^\d{4}-\d{2}-\d{2}/.test(first ?? ''));
  const drawing = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  drawing.setOption({
    animation: false,
    aria: { enabled: true, label: { description: name } },
    legend: { top: 0 },
    grid: { left: 56, right: 24, top: 40, bottom: 64 },
    xAxis: isTime
      ? { type: 'time' }
      : {
          type: 'category',
          name: words(axis),
          nameLocation: 'middle',
          nameGap: 44,
          axisLabel: { interval: 0, width: WIDTH / rows.length - 8, overflow: 'break' },
          data: rows.map(([first]) => first),
        },
    yAxis: { type: 'value' },
    series: series.map((column, index) => ({
      name: words(column),
      type: isTime ? 'line' : 'bar',
      showSymbol: rows.length < MANY_POINTS,
      data: rows.map((row) => {
        const value = Number(row[index + 1]);
        return isTime ? [row[0], value] : value;
      }),
    })),
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return svg;
}

function words(column: string): string {
  return column.replaceAll('_', ' ');
}
