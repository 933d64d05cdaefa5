import type { Figure } from './load.js';

/**
 * Figures by name, one for each round. Ratios are taken within a round, where both sides met the same machine, and then
 * their median: the speed of these machines drifts.
 */
export class Rounds {
  private readonly figures = new Map<string, Figure[]>();

  add(name: string, figure: Figure): void {
    this.figures.set(name, [...(this.figures.get(name) ?? []), figure]);
    console.log(`  ${name.padEnd(34)} ${shown(figure)}`);
  }

  has(name: string): boolean {
    return this.figures.has(name);
  }

  ratio(name: string, against: string): number {
    const others = this.of(against);
    return median(this.of(name).map((figure, round) => figure.perSecond / others[round]!.perSecond));
  }

  ratioOfP99(name: string, against: string): number {
    const others = this.of(against);
    return median(this.of(name).map((figure, round) => figure.p99Ms / others[round]!.p99Ms));
  }

  median(name: string): Figure {
    const figures = this.of(name);
    return {
      perSecond: median(figures.map((figure) => figure.perSecond)),
      p50Ms: median(figures.map((figure) => figure.p50Ms)),
      p99Ms: median(figures.map((figure) => figure.p99Ms)),
    };
  }

  private of(name: string): Figure[] {
    const figures = this.figures.get(name);
    if (!figures) throw new Error(`Nothing was measured under the name ${name}`);
    return figures;
  }
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

const shown = ({ perSecond, p50Ms, p99Ms }: Figure) =>
  `${String(Math.round(perSecond)).padStart(6)}/s  p50 ${p50Ms.toFixed(2)} ms  p99 ${p99Ms.toFixed(2)} ms`;
