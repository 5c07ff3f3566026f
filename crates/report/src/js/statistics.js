// The tests of the difference of two trials: for every pair, so they cannot be computed beforehand.
// McNemar's exact test, two-sided: twice the smaller tail of the binomial distribution with one half.
const mcnemar = (first, second) => {
  const count = first + second;
  let logarithm = -count * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(first, second); k += 1) {
    tail += Math.exp(logarithm);
    logarithm += Math.log((count - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
};
// p-values adjusted by Holm's step-down method.
const holm = (values) => {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const adjusted = [];
  let largest = 0;
  order.forEach((index, position) => {
    largest = Math.max(largest, Math.min(1, (values.length - position) * values[index]));
    adjusted[index] = largest;
  });
  return adjusted;
};
