/** What was drawn of one prize, and the weight by which it was drawn. */
export type Drawn = { readonly weight: number; readonly drawn: number };

/** How well draws fit their weights. */
export type Fairness = {
  /** Draws that the weights would have given each prize, in the order given; 0 for a prize of weight 0. */
  readonly expected: readonly number[];
  /** Pearson's statistic: the sum of (drawn − expected)² / expected over the prizes that have a weight. */
  readonly statistic: number;
  /** Degrees of freedom: such prizes less one. */
  readonly degrees: number;
  /** Probability that fair draws deviate at least as much. */
  readonly p_value: number;
};

/**
 * Pearson's chi-square test of draws against their weights. Prizes of weight 0 cannot be drawn and are left out.
 * Undefined when there is nothing to compare: fewer than two prizes with a weight, or no draw of them.
 */
export function chiSquare(prizes: readonly Drawn[]): Fairness | undefined {
  const open = prizes.filter(({ weight }) => weight > 0);
  const draws = open.reduce((sum, { drawn }) => sum + drawn, 0);
  const weights = open.reduce((sum, { weight }) => sum + weight, 0);
  if (open.length < 2 || draws === 0) return undefined;
  const expectedOf = ({ weight }: Drawn): number => (draws * weight) / weights;
  const statistic = open.reduce((sum, each) => sum + (each.drawn - expectedOf(each)) ** 2 / expectedOf(each), 0);
  const degrees = open.length - 1;
  return { expected: prizes.map(expectedOf), statistic, degrees, p_value: upperTail(statistic, degrees) };
}

/** Terms after which both sums below have long come to rest. */
const MOST_TERMS = 10_000;
const ENOUGH = 1e-15;

/**
 * Probability that a chi-square variable exceeds a value: the regularised upper incomplete gamma function Q(k/2, x/2), by
 * its series where that converges fast and by its continued fraction elsewhere (Abramowitz and Stegun 6.5.29, 6.5.31).
 * @param degrees a whole number, at least 1
 */
export function upperTail(value: number, degrees: number): number {
  const [a, x] = [degrees / 2, value / 2];
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGammaOfHalf(degrees));
  return x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x);
}

/** ln Γ(k/2) for a whole k ≥ 1, from Γ(1/2) = √π or Γ(1) = 1 upwards. */
function logGammaOfHalf(k: number): number {
  let sum = k % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let a = k % 2 === 0 ? 1 : 0.5; a < k / 2; a++) sum += Math.log(a);
  return sum;
}

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * ENOUGH; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** By Lentz's method: the fraction from its front, without running over. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const step = -n * (n - a);
    b += 2;
    d = 1 / (step * d + b);
    c = b + step / c;
    result *= d * c;
    if (Math.abs(d * c - 1) < ENOUGH) break;
  }
  return result;
}
